"""What Terraform's provider reads from ElastiCache, and ministack leaves out or gets wrong.

- A user's access string may have an ampersand, like Redis's own rules for channels; ministack does not escape it in
  XML. https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html#Access-string
- AuthenticationMode is one of CreateUser's two ways to set a password; ministack knows only the other.
  https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateUser.html
- DescribeCacheParameters filters by Source.
  https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeCacheParameters.html
- A node has AutoMinorVersionUpgrade.
  https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CacheCluster.html
"""

import re
from xml.sax.saxutils import escape

from ministack.services import elasticache

_PARAMETER = re.compile(rb"<Parameter>.*?</Parameter>")


def _user(user: dict) -> str:
    return _user_xml({**user, "AccessString": escape(user["AccessString"])})


def _create(params):
    passwords = {name: value for name, value in params.items() if name.startswith("AuthenticationMode.Passwords.")}
    return _create_user(params | {name.removeprefix("AuthenticationMode."): value for name, value in passwords.items()})


def _parameters(params):
    status, headers, body = _describe_cache_parameters(params)
    if source := elasticache._p(params, "Source"):
        wanted = f"<Source>{source}</Source>".encode()
        body = _PARAMETER.sub(lambda found: found[0] if wanted in found[0] else b"", body)
    return status, headers, body


def _node(cluster: dict) -> str:
    upgrades = str(cluster["AutoMinorVersionUpgrade"]).lower()
    return _cluster_xml_inner(cluster) + f"<AutoMinorVersionUpgrade>{upgrades}</AutoMinorVersionUpgrade>"


def install() -> None:
    global _user_xml, _create_user, _describe_cache_parameters, _cluster_xml_inner
    _user_xml, elasticache._user_xml = elasticache._user_xml, _user
    _create_user, elasticache._create_user = elasticache._create_user, _create
    _describe_cache_parameters = elasticache._describe_cache_parameters
    elasticache._describe_cache_parameters = _parameters
    _cluster_xml_inner, elasticache._cluster_xml_inner = elasticache._cluster_xml_inner, _node
