"""Channels of Windows -> the services of Sigma's taxonomy (specification, appendix "taxonomy")."""

_SERVICES: dict[str, str] = {
    "application": "application",
    "security": "security",
    "system": "system",
    "microsoft-windows-sysmon/operational": "sysmon",
    "microsoft-windows-powershell/operational": "powershell",
    "powershellcore/operational": "powershell",
    "windows powershell": "powershell-classic",
    "microsoft-windows-taskscheduler/operational": "taskscheduler",
    "microsoft-windows-wmi-activity/operational": "wmi",
    "microsoft-windows-bits-client/operational": "bits-client",
    "microsoft-windows-windows defender/operational": "windefend",
    "microsoft-windows-terminalservices-localsessionmanager/operational": "terminalservices-localsessionmanager",
    "microsoft-windows-applocker/msi and script": "applocker",
    "microsoft-windows-applocker/exe and dll": "applocker",
    "microsoft-windows-applocker/packaged app-deployment": "applocker",
    "microsoft-windows-applocker/packaged app-execution": "applocker",
    "microsoft-windows-windows firewall with advanced security/firewall": "firewall-as",
    "microsoft-windows-ntlm/operational": "ntlm",
    "dns server": "dns-server",
    "microsoft-windows-dns-server/audit": "dns-server-audit",
    "microsoft-windows-dns-server/analytical": "dns-server-analytic",
    "microsoft-windows-dnsserver/audit": "dns-server-audit",
    "microsoft-windows-dns client events/operational": "dns-client",
    "microsoft-windows-dns-client/operational": "dns-client",
    "microsoft-windows-driverframeworks-usermode/operational": "driver-framework",
    "microsoft-windows-codeintegrity/operational": "codeintegrity-operational",
    "microsoft-windows-security-mitigations/kernel mode": "security-mitigations",
    "microsoft-windows-security-mitigations/user mode": "security-mitigations",
    "msexchange management": "msexchange-management",
    "microsoft-windows-printservice/admin": "printservice-admin",
    "microsoft-windows-printservice/operational": "printservice-operational",
    "microsoft-windows-smbclient/security": "smbclient-security",
    "microsoft-windows-smbclient/connectivity": "smbclient-connectivity",
    "microsoft-windows-smbserver/connectivity": "smbserver-connectivity",
    "microsoft-servicebus-client/admin": "microsoft-servicebus-client",
    "microsoft-servicebus-client/operational": "microsoft-servicebus-client",
    "openssh/operational": "openssh",
    "microsoft-windows-ldap-client/debug": "ldap",
    "microsoft-windows-capi2/operational": "capi2",
    "microsoft-windows-certificateservicesclient-lifecycle-system/operational": (
        "certificateservicesclient-lifecycle-system"
    ),
    "microsoft-windows-lsa/operational": "lsa-server",
    "microsoft-windows-appxdeploymentserver/operational": "appxdeployment-server",
    "microsoft-windows-appmodel-runtime/admin": "appmodel-runtime",
    "microsoft-windows-appxpackaging/operational": "appxpackaging-om",
    "microsoft-windows-diagnosis-scripted/operational": "diagnosis-scripted",
    "microsoft-windows-shell-core/operational": "shell-core",
    "microsoft-windows-vhdmp/operational": "vhdmp",
    "microsoft-windows-vhdmp-operational": "vhdmp",
    "microsoft-windows-hyper-v-worker-admin": "hyper-v-worker",
    "microsoft-windows-kernel-eventtracing/admin": "kernel-event-tracing",
    "microsoft-windows-kernel-shimengine/operational": "kernel-shimengine",
    "microsoft-windows-kernel-shimengine/diagnostic": "kernel-shimengine",
    "microsoft-windows-sense/operational": "sense",
    "microsoft-iis-configuration/operational": "iis-configuration",
    "microsoft-windows-iis-configuration/operational": "iis-configuration",
    "microsoft-windows-dhcp-server/operational": "dhcp",
    "microsoft-windows-bitlocker/bitlocker management": "bitlocker",
    "microsoft-windows-application-experience/program-telemetry": "application-experience",
    "microsoft-windows-application-experience/program-compatibility-assistant": "application-experience",
    "microsoft-windows-hyper-v-worker": "hyper-v-worker",
    "microsoft-windows-kernel-eventtracing": "kernel-event-tracing",
    "microsoft-windows-ntfs/operational": "ntfs",
    "microsoft-windows-winrm/operational": "winrm",
    "microsoft-windows-remotedesktopservices-rdpcorets/operational": "rdpcorets",
}

# Other names of the same services, in older and newer rules
_ALSO: dict[str, str] = {"ldap": "ldap_debug", "microsoft-servicebus-client": "servicebus-client"}

SERVICES = frozenset({*_SERVICES.values(), *_ALSO.values()})


def services_on(product: str) -> frozenset[str]:
    """The services that the sources of a product write."""
    return SERVICES if product == "windows" else frozenset()


def services_of(channel: str) -> frozenset[str]:
    """The services a channel carries; none for channels Sigma has no name for."""
    found = _SERVICES.get(channel.lower())
    if found is None:
        return frozenset()
    return frozenset({found, _ALSO[found]} if found in _ALSO else {found})
