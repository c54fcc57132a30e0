"""Databases that take time to start and to stop, and refuse calls that do not fit their state.

AWS: `starting` and `stopping` last for minutes; a wrong state is InvalidDBClusterStateFault or
InvalidDBInstanceState; an Aurora member cannot be started or stopped by itself:
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_StartDBCluster.html
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_StartDBInstance.html
ministack starts and stops at once, in any state.
"""

import threading

from ministack.services import rds

import events
import settings


def _cluster(params):
    return rds._resolve_cluster_in_request_region(rds._p(params, "DBClusterIdentifier"))


def _set_cluster(cluster: dict, status: str) -> None:
    cluster["Status"] = status
    for member in rds._cluster_member_instances(cluster):
        member["DBInstanceStatus"] = status
    events.emit("database_status", identifier=cluster["DBClusterIdentifier"], status=status)


def _set_instance(instance: dict, status: str) -> None:
    instance["DBInstanceStatus"] = status
    events.emit("database_status", identifier=instance["DBInstanceIdentifier"], status=status)


def _later(delay: float, change, record: dict, status: str) -> None:
    timer = threading.Timer(delay, change, (record, status))
    timer.daemon = True
    timer.start()


def _start_cluster(params):
    return _turn_cluster(
        params, _start, "StartDBCluster", "starting", "available", settings.current.database_start_seconds
    )


def _stop_cluster(params):
    return _turn_cluster(params, _stop, "StopDBCluster", "stopping", "stopped", settings.current.database_stop_seconds)


def _turn_cluster(params, handler, action: str, passing: str, final: str, delay: float):
    """ministack's own handler refuses a wrong state correctly; a right one changes after the configured time."""
    response = handler(params)
    if response[0] != 200:
        return response
    cluster = _cluster(params)
    _set_cluster(cluster, passing)
    _later(delay, _set_cluster, cluster, final)
    body = f"<{action}Result><DBCluster>{rds._cluster_xml(cluster)}</DBCluster></{action}Result>"
    return rds._xml(200, f"{action}Response", body)


def _start_instance(params):
    return _turn_instance(
        params, "StartDBInstance", "stopped", "starting", "available", settings.current.database_start_seconds
    )


def _stop_instance(params):
    return _turn_instance(
        params, "StopDBInstance", "available", "stopping", "stopped", settings.current.database_stop_seconds
    )


def _turn_instance(params, action: str, expected: str, passing: str, final: str, delay: float):
    identifier = rds._p(params, "DBInstanceIdentifier")
    instance = rds._resolve_instance(identifier)
    if not instance:
        return rds._error("DBInstanceNotFound", f"DBInstance {identifier} not found.", 404)
    status = instance["DBInstanceStatus"]
    if instance.get("DBClusterIdentifier"):
        message = f"Instance {identifier} is a member of a DB cluster. Use the cluster's action instead."
        return rds._error("InvalidDBInstanceState", message, 400)
    if status != expected:
        return rds._error("InvalidDBInstanceState", f"Instance {identifier} is not in {expected} state.", 400)
    _set_instance(instance, passing)
    _later(delay, _set_instance, instance, final)
    return rds._single_instance_response(f"{action}Response", f"{action}Result", instance)


def install() -> None:
    global _start, _stop
    _start, _stop = rds._ACTION_MAP["StartDBCluster"], rds._ACTION_MAP["StopDBCluster"]
    rds._ACTION_MAP["StartDBCluster"] = _start_cluster
    rds._ACTION_MAP["StopDBCluster"] = _stop_cluster
    rds._ACTION_MAP["StartDBInstance"] = _start_instance
    rds._ACTION_MAP["StopDBInstance"] = _stop_instance
