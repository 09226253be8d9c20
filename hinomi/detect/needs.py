"""Which source a log source of Sigma stands for, for people. In: a log source. Out: the source's name in both languages.

Products, categories and services: Sigma's log-source taxonomy (specification 2.1, appendix "taxonomy") and the folders of the
community's rules. The first line that fits names the source; a part that is None fits any.
"""

from hinomi.schema.content import LogSource, Text

_ANY = None


def _same(name: str) -> Text:
    return Text(name, name)


NEEDS: tuple[tuple[str | None, str | None, str | None, Text], ...] = (
    # Windows
    ("windows", "file_access", _ANY, Text("Windows kernel file events (ETW)", "Windows カーネルのファイルイベント (ETW)")),
    ("windows", "file_rename", _ANY, Text("Windows kernel file events (ETW)", "Windows カーネルのファイルイベント (ETW)")),
    ("windows", "ps_classic_script", _ANY, Text("Windows PowerShell log", "Windows PowerShell ログ")),
    # Linux
    ("linux", "process_creation", _ANY, Text("Linux process telemetry", "Linux のプロセステレメトリ")),
    ("linux", "file_event", _ANY, Text("Linux file telemetry", "Linux のファイルテレメトリ")),
    ("linux", "network_connection", _ANY, Text("Linux network telemetry", "Linux のネットワークテレメトリ")),
    ("linux", _ANY, "auditd", Text("Linux audit log (auditd)", "Linux 監査ログ (auditd)")),
    ("linux", _ANY, "auth", Text("Linux authentication log", "Linux 認証ログ")),
    ("linux", _ANY, "sshd", Text("Linux SSH log", "Linux SSH ログ")),
    ("linux", _ANY, "sudo", Text("Linux sudo log", "Linux sudo ログ")),
    ("linux", _ANY, "cron", Text("Linux cron log", "Linux cron ログ")),
    ("linux", _ANY, "syslog", Text("Linux syslog", "Linux syslog")),
    ("linux", _ANY, "clamav", Text("ClamAV log", "ClamAV ログ")),
    ("linux", _ANY, "guacamole", Text("Guacamole log", "Guacamole ログ")),
    ("linux", _ANY, "vsftpd", Text("vsftpd log", "vsftpd ログ")),
    ("linux", _ANY, _ANY, Text("Linux logs", "Linux のログ")),
    # macOS
    ("macos", "process_creation", _ANY, Text("macOS process telemetry", "macOS のプロセステレメトリ")),
    ("macos", "file_event", _ANY, Text("macOS file telemetry", "macOS のファイルテレメトリ")),
    ("macos", _ANY, _ANY, Text("macOS logs", "macOS のログ")),
    # cloud, identity and what is used as a service
    ("aws", _ANY, "cloudtrail", _same("AWS CloudTrail")),
    ("aws", _ANY, _ANY, Text("AWS logs", "AWS のログ")),
    ("azure", _ANY, "activitylogs", Text("Azure activity log", "Azure アクティビティログ")),
    ("azure", _ANY, "auditlogs", Text("Entra ID audit log", "Entra ID 監査ログ")),
    ("azure", _ANY, "signinlogs", Text("Entra ID sign-in log", "Entra ID サインインログ")),
    ("azure", _ANY, "riskdetection", Text("Entra ID risk detections", "Entra ID リスク検出")),
    ("azure", _ANY, "pim", Text("Entra ID privileged identity log", "Entra ID 特権 ID ログ")),
    ("azure", _ANY, _ANY, Text("Azure logs", "Azure のログ")),
    ("m365", _ANY, "threat_detection", Text("Microsoft 365 threat alerts", "Microsoft 365 脅威アラート")),
    ("m365", _ANY, "threat_management", Text("Microsoft 365 threat alerts", "Microsoft 365 脅威アラート")),
    ("m365", _ANY, _ANY, Text("Microsoft 365 audit log", "Microsoft 365 監査ログ")),
    ("gcp", _ANY, "gcp.audit", Text("Google Cloud audit log", "Google Cloud 監査ログ")),
    ("gcp", _ANY, "google_workspace.admin", Text("Google Workspace admin log", "Google Workspace 管理ログ")),
    ("gcp", _ANY, "google_workspace.login", Text("Google Workspace login log", "Google Workspace ログインログ")),
    ("gcp", _ANY, _ANY, Text("Google Cloud logs", "Google Cloud のログ")),
    ("okta", _ANY, _ANY, Text("Okta system log", "Okta システムログ")),
    ("onelogin", _ANY, _ANY, Text("OneLogin events", "OneLogin イベント")),
    ("github", _ANY, _ANY, Text("GitHub audit log", "GitHub 監査ログ")),
    ("bitbucket", _ANY, _ANY, Text("Bitbucket audit log", "Bitbucket 監査ログ")),
    ("kubernetes", _ANY, _ANY, Text("Kubernetes audit log", "Kubernetes 監査ログ")),
    # network devices
    ("cisco", _ANY, "duo", Text("Duo log", "Duo ログ")),
    ("cisco", _ANY, _ANY, Text("Cisco device log", "Cisco 機器のログ")),
    ("fortigate", _ANY, _ANY, Text("FortiGate log", "FortiGate ログ")),
    ("fortios", _ANY, _ANY, Text("FortiGate log", "FortiGate ログ")),
    ("huawei", _ANY, _ANY, Text("Huawei device log", "Huawei 機器のログ")),
    ("juniper", _ANY, _ANY, Text("Juniper device log", "Juniper 機器のログ")),
    ("paloalto", _ANY, _ANY, Text("Palo Alto firewall log", "Palo Alto ファイアウォールログ")),
    ("zeek", _ANY, _ANY, Text("Zeek logs", "Zeek ログ")),
    # applications
    ("rpc_firewall", _ANY, _ANY, Text("RPC Firewall log", "RPC Firewall ログ")),
    ("opencanary", _ANY, _ANY, Text("OpenCanary log", "OpenCanary ログ")),
    (_ANY, "application", _ANY, Text("application log", "アプリケーションログ")),
    (_ANY, "antivirus", _ANY, Text("anti-virus log", "ウイルス対策ログ")),
    (_ANY, "database", _ANY, Text("database log", "データベースログ")),
    (_ANY, "dns", _ANY, Text("DNS log", "DNS ログ")),
    (_ANY, "firewall", _ANY, Text("firewall log", "ファイアウォールログ")),
    (_ANY, "proxy", _ANY, Text("web proxy log", "Web プロキシログ")),
    (_ANY, "webserver", _ANY, Text("web server log", "Web サーバーログ")),
    (_ANY, _ANY, "apache", Text("web server log", "Web サーバーログ")),
    (_ANY, _ANY, "nginx", Text("web server log", "Web サーバーログ")),
)  # fmt: skip


def source_named(wanted: LogSource) -> Text:
    """The source that writes such activities; for a log source that nobody knows, its own words."""
    for product, category, service, name in NEEDS:
        if (
            product in (None, wanted.product)
            and category in (None, wanted.category)
            and service in (None, wanted.service)
        ):
            if product is None and wanted.product and category == "application":
                return Text(f"{wanted.product} {name.en}", f"{wanted.product} の{name.ja}")
            return name
    return _same(" ".join(part for part in (wanted.product, wanted.category, wanted.service) if part))
