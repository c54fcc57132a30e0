"""Actions that the load balancer answers itself: a fixed response, or a redirect.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
"""

from .request import Request, Response, own


def make(action: dict, request: Request, listener: dict) -> Response:
    if action["Type"] == "fixed-response":
        config = action["FixedResponseConfig"]
        headers = [("Server", "awselb/2.0"), ("Content-Type", config["ContentType"])]
        return Response(int(config["StatusCode"]), headers, config["MessageBody"].encode())
    if action["Type"] == "redirect":
        return _redirect(action["RedirectConfig"], request, listener)
    raise NotImplementedError(f"{action['Type']} actions")


def _redirect(config: dict, request: Request, listener: dict) -> Response:
    host, _, port = request.header("host").partition(":")
    kept = {
        "#{protocol}": listener["Protocol"].lower(),
        "#{host}": host,
        "#{port}": port or str(listener["Port"]),
        "#{path}": request.path.removeprefix("/"),
        "#{query}": request.query,
    }
    location = f"{config['Protocol'].lower()}://{config['Host']}:{config['Port']}{config['Path']}?{config['Query']}"
    for placeholder, value in kept.items():
        location = location.replace(placeholder, value)
    status = int(config["StatusCode"].removeprefix("HTTP_"))
    page = own(status, {301: "301 Moved Permanently", 302: "302 Found"}[status])
    return Response(status, [*page.headers, ("Location", location.removesuffix("?"))], page.body)
