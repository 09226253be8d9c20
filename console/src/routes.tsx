import { createRootRouteWithContext, createRoute, createRouter, redirect, type RouterHistory } from '@tanstack/react-router'
import type { QueryClient } from '@tanstack/react-query'
import { sessionQuery } from './api/session'
import { readAddress, writeAddress, type Address } from './frame/address'
import { Frame } from './frame/Frame'
import { Broken, NotFound } from './frame/Trouble'
import { AuditLog } from './screens/administration/AuditLog'
import { SystemStatus } from './screens/administration/SystemStatus'
import { Tokens } from './screens/administration/Tokens'
import { Users } from './screens/administration/Users'
import { Connectors } from './screens/administration/Connectors'
import { AlertPage } from './screens/alert/AlertPage'
import { GroupPage, MitigationPage, SoftwarePage } from './screens/attack/ActorPage'
import { Matrix } from './screens/attack/Matrix'
import { Detections } from './screens/detections/Detections'
import { BlockExceptions } from './screens/blocking/BlockExceptions'
import { BlockList } from './screens/blocking/BlockList'
import { EditFilter, EditModel, NewFilter, NewModel } from './screens/editor/EditorPages'
import { FilterConflict, ModelConflict } from './screens/editor/ThreeWay'
import { FilterVersions, ModelVersions } from './screens/editor/Versions'
import { ExceptionPage } from './screens/exceptions/ExceptionPage'
import { Exceptions } from './screens/exceptions/Exceptions'
import { EndpointPage } from './screens/endpoints/EndpointPage'
import { Endpoints } from './screens/endpoints/Endpoints'
import { SensorPackages } from './screens/endpoints/Packages'
import { SensorPolicies } from './screens/endpoints/Policies'
import { EntityPage } from './screens/entity/EntityPage'
import { Hunts } from './screens/hunts/Hunts'
import { NewHunt } from './screens/hunts/NewHunt'
import { RunPage } from './screens/hunts/RunPage'
import { IncidentPage } from './screens/incident/IncidentPage'
import { Kit, KitReportPage } from './screens/kit/Kit'
import { Login } from './screens/login/Login'
import { Messages } from './screens/mail/Messages'
import { FilterPage } from './screens/models/FilterPage'
import { Filters } from './screens/models/Filters'
import { ModelPage } from './screens/models/ModelPage'
import { Models } from './screens/models/Models'
import { Patterns } from './screens/patterns/Patterns'
import { ProcessPage } from './screens/profile/ProcessPage'
import { ApprovalPolicy, Approvals } from './screens/response/Approvals'
import { Response } from './screens/response/Response'
import { ShellPage } from './screens/response/ShellPage'
import { Shells } from './screens/response/Shells'
import { TaskPage } from './screens/response/TaskFlyout'
import { EditScript, NewScript, Scripts } from './screens/scripts/Scripts'
import { Search } from './screens/search/Search'
import { Simulations } from './screens/simulation/Simulations'
import { TechniquePage } from './screens/technique/TechniquePage'
import { TimeTravel } from './screens/timetravel/TimeTravel'
import { Workbench } from './screens/workbench/Workbench'

const root = createRootRouteWithContext<{ cache: QueryClient }>()({
  validateSearch: (search: Record<string, unknown>) => search as Address,
  notFoundComponent: NotFound,
})

const login = createRoute({ getParentRoute: () => root, path: '/login', component: Login })

/** Everything but the log-in needs a session; whoever has none comes back here after logging in. */
const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  component: Frame,
  beforeLoad: async ({ context, location }) => {
    const session = await context.cache.ensureQueryData(sessionQuery)
    if (!session) throw redirect({ to: '/login', search: location.href === '/' ? {} : { next: location.href } })
  },
})

const home = createRoute({
  getParentRoute: () => frame,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/workbench', search: {} })
  },
})

const tree = root.addChildren([
  login,
  frame.addChildren([
    home,
    createRoute({ getParentRoute: () => frame, path: '/workbench', component: Workbench }),
    createRoute({ getParentRoute: () => frame, path: '/workbench/alerts/$id', component: AlertPage }),
    createRoute({ getParentRoute: () => frame, path: '/workbench/incidents/$id', component: IncidentPage }),
    createRoute({ getParentRoute: () => frame, path: '/detections', component: Detections }),
    createRoute({ getParentRoute: () => frame, path: '/models', component: Models }),
    createRoute({ getParentRoute: () => frame, path: '/models/new', component: NewModel }),
    createRoute({ getParentRoute: () => frame, path: '/models/$id', component: ModelPage }),
    createRoute({ getParentRoute: () => frame, path: '/models/$id/edit', component: EditModel }),
    createRoute({ getParentRoute: () => frame, path: '/models/$id/versions', component: ModelVersions }),
    createRoute({ getParentRoute: () => frame, path: '/models/$id/conflict', component: ModelConflict }),
    createRoute({ getParentRoute: () => frame, path: '/filters', component: Filters }),
    createRoute({ getParentRoute: () => frame, path: '/filters/new', component: NewFilter }),
    createRoute({ getParentRoute: () => frame, path: '/filters/$id', component: FilterPage }),
    createRoute({ getParentRoute: () => frame, path: '/filters/$id/edit', component: EditFilter }),
    createRoute({ getParentRoute: () => frame, path: '/filters/$id/versions', component: FilterVersions }),
    createRoute({ getParentRoute: () => frame, path: '/filters/$id/conflict', component: FilterConflict }),
    createRoute({ getParentRoute: () => frame, path: '/exceptions', component: Exceptions }),
    createRoute({ getParentRoute: () => frame, path: '/exceptions/new', component: ExceptionPage }),
    createRoute({ getParentRoute: () => frame, path: '/time-travel', component: TimeTravel }),
    createRoute({ getParentRoute: () => frame, path: '/search', component: Search }),
    createRoute({ getParentRoute: () => frame, path: '/hunts', component: Hunts }),
    createRoute({ getParentRoute: () => frame, path: '/hunts/new', component: NewHunt }),
    createRoute({ getParentRoute: () => frame, path: '/hunts/runs/$id', component: RunPage }),
    createRoute({ getParentRoute: () => frame, path: '/entities/$kind', component: EntityPage }),
    createRoute({ getParentRoute: () => frame, path: '/profile', component: ProcessPage }),
    createRoute({ getParentRoute: () => frame, path: '/attack', component: Matrix }),
    createRoute({ getParentRoute: () => frame, path: '/attack/techniques/$id', component: TechniquePage }),
    createRoute({ getParentRoute: () => frame, path: '/attack/groups/$id', component: GroupPage }),
    createRoute({ getParentRoute: () => frame, path: '/attack/software/$id', component: SoftwarePage }),
    createRoute({ getParentRoute: () => frame, path: '/attack/mitigations/$id', component: MitigationPage }),
    createRoute({ getParentRoute: () => frame, path: '/response', component: Response }),
    createRoute({ getParentRoute: () => frame, path: '/response/approvals', component: Approvals }),
    createRoute({ getParentRoute: () => frame, path: '/response/policy', component: ApprovalPolicy }),
    createRoute({ getParentRoute: () => frame, path: '/response/tasks/$id', component: TaskPage }),
    createRoute({ getParentRoute: () => frame, path: '/response/shell/$taskId', component: ShellPage }),
    createRoute({ getParentRoute: () => frame, path: '/response/shells', component: Shells }),
    createRoute({ getParentRoute: () => frame, path: '/messages', component: Messages }),
    createRoute({ getParentRoute: () => frame, path: '/endpoints', component: Endpoints }),
    createRoute({ getParentRoute: () => frame, path: '/endpoints/policies', component: SensorPolicies }),
    createRoute({ getParentRoute: () => frame, path: '/endpoints/packages', component: SensorPackages }),
    createRoute({ getParentRoute: () => frame, path: '/endpoints/$guid', component: EndpointPage }),
    createRoute({ getParentRoute: () => frame, path: '/block-list', component: BlockList }),
    createRoute({ getParentRoute: () => frame, path: '/block-list/exceptions', component: BlockExceptions }),
    createRoute({ getParentRoute: () => frame, path: '/scripts', component: Scripts }),
    createRoute({ getParentRoute: () => frame, path: '/scripts/new', component: NewScript }),
    createRoute({ getParentRoute: () => frame, path: '/scripts/$id', component: EditScript }),
    createRoute({ getParentRoute: () => frame, path: '/patterns', component: Patterns }),
    createRoute({ getParentRoute: () => frame, path: '/forensics/kit', component: Kit }),
    createRoute({ getParentRoute: () => frame, path: '/forensics/kit/$id', component: KitReportPage }),
    createRoute({ getParentRoute: () => frame, path: '/simulations/workbench', component: Simulations }),
    createRoute({ getParentRoute: () => frame, path: '/operations/status', component: SystemStatus }),
    createRoute({ getParentRoute: () => frame, path: '/administration/users', component: Users }),
    createRoute({ getParentRoute: () => frame, path: '/administration/tokens', component: Tokens }),
    createRoute({ getParentRoute: () => frame, path: '/administration/connectors', component: Connectors }),
    createRoute({ getParentRoute: () => frame, path: '/administration/audit', component: AuditLog }),
  ]),
])

export function makeRouter(cache: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree: tree,
    context: { cache },
    parseSearch: readAddress,
    stringifySearch: writeAddress,
    defaultErrorComponent: Broken,
    defaultPreload: false,
    scrollRestoration: false,
    ...(history ? { history } : {}),
  })
}
