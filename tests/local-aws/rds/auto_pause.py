"""SecondsUntilAutoPause, which ministack drops.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ServerlessV2ScalingConfiguration.html
"""

from ministack.services import rds

_DEFAULT = 300


def _parse(params):
    scaling = _from_params(params)
    if scaling is None or scaling.get("MinCapacity") != 0:
        return scaling
    seconds = rds._p(params, "ServerlessV2ScalingConfiguration.SecondsUntilAutoPause")
    return {**scaling, "SecondsUntilAutoPause": int(seconds or _DEFAULT)}


def _render(cluster):
    xml = _xml(cluster)
    seconds = (cluster.get("ServerlessV2ScalingConfiguration") or {}).get("SecondsUntilAutoPause")
    if seconds is None:
        return xml
    end = "</ServerlessV2ScalingConfiguration>"
    return xml.replace(end, f"<SecondsUntilAutoPause>{seconds}</SecondsUntilAutoPause>{end}")


def install() -> None:
    global _from_params, _xml
    _from_params, rds._serverlessv2_from_params = rds._serverlessv2_from_params, _parse
    _xml, rds._serverlessv2_xml = rds._serverlessv2_xml, _render
