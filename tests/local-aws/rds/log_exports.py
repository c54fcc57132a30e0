"""The logs that an instance exports to CloudWatch, which ministack drops.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html (EnabledCloudwatchLogsExports)
"""

from ministack.services import rds


def _create(params):
    response = _create_instance(params)
    if response[0] == 200:
        instance = rds._resolve_instance(rds._p(params, "DBInstanceIdentifier"))
        instance["EnabledCloudwatchLogsExports"] = rds._parse_member_list(params, "EnableCloudwatchLogsExports")
    return response


def _render(instance):
    logs = "".join(f"<member>{log}</member>" for log in instance.get("EnabledCloudwatchLogsExports", []))
    name = "EnabledCloudwatchLogsExports"
    return _xml(instance).replace(f"<{name}/>", f"<{name}>{logs}</{name}>")


def install() -> None:
    global _create_instance, _xml
    _create_instance, rds._ACTION_MAP["CreateDBInstance"] = rds._ACTION_MAP["CreateDBInstance"], _create
    _xml, rds._instance_xml = rds._instance_xml, _render
