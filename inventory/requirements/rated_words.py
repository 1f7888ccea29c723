"""Ratings in words of their own: measurement category, accuracy class, protection, supply, sets."""

import re
from collections.abc import Callable

_CAT = re.compile(
    r"(?:(?:安全|测量|测试|过电压)*(?:等级|类别|级别|标准)?)\s*:?\s*"
    r"(?:符合|满足|达到|>=|不低于|至少)?\s*"
    r"(?P<ratings>CAT[ .-]*(?:IV|III|II|I)(?![A-Z]).*)",
    re.IGNORECASE,
)
_RATING = re.compile(
    r"CAT[ .-]*(?P<class>IV|III|II|I)(?:[ /.-]*(?P<v>\d{2,5})\s*V)?\s*"
    r"(?:(?:安全)?(?:等级|级别|标准|以上))?",
    re.IGNORECASE,
)
_CLASS = re.compile(
    r"(?:(?:测量|仪表)?(?:精度|准确度|精确度)(?:等级)?)?\s*:?\s*"
    r"(?P<cmp><=|>=|不低于|不大于|优于|达到|为)?\s*(?P<n>\d(?:\.\d{1,3})?)\s*级(?P<up>及?以上)?"
)
_PROTECTION = re.compile(
    r"(?:(?:外壳)?(?:防护|防水|防尘)(?:防[尘水])?(?:等级|级别)?)?\s*:?\s*"
    r"(?P<cmp>>=|不低于|达到|至少|为)?\s*IP\s*(?P<n>[0-6][0-9])(?P<up>(?:及|或)?以上)?"
)
_SUPPLY = re.compile(
    r"(?:(?:工作|输入|供电|使用)*(?:电源|供电|电压)(?:电压)?|输入)?\s*:?\s*"
    r"(?:(?P<pre>AC|DC|交流|直流)\s*(?P<v1>\d{1,5}(?:\.\d)?)\s*V|"
    r"(?P<v2>\d{1,5}(?:\.\d)?)\s*V\s*(?P<post>AC|DC|交流|直流))\s*"
    r"[(]?±\s*(?P<tolerance>\d{1,2}(?:\.\d)?)\s*%[)]?"
)
_SETS = (
    (
        "protocols",
        "CAN FD|CANFD|CAN|LIN|FLEXRAY|MOST|SENT|K线|K-LINE|KWP2000|UDS|DOIP|J1939|OBD-?II|OBD",
    ),
    ("interface", "USB|RS-?232|RS-?485|WIFI|WI-FI|蓝牙|以太网|RJ45|HDMI|VGA|GPIB|4G|5G"),
)
_SUPPORT = re.compile(
    r"(?:可?支持|兼容|具有|具备|带有?|配备?有?|通[信讯](?:协议|接口|方式)?|接口|协议)\s*:?\s*(?P<body>.+?)"
    r"\s*(?:等)?\s*(?:多种)?\s*(?:总线|通[信讯])?(?:协议|接口|总线|通[信讯])?(?:功能)?"
)
_AND = re.compile(r"\s*(?:/|、|,|和|及|与|\+)\s*")
_CURRENT = {"AC": "AC", "DC": "DC", "交流": "AC", "直流": "DC"}
_PROTECTIONS = ("IP54", "IP55", "IP65", "IP66", "IP67", "IP68")


def read_rated(plain: str) -> tuple[str, bool] | None:
    """The clause of a rating and whether it is sure; None where the text is no rating."""
    for read in _READERS:
        found = read(plain)
        if found is not None:
            return found
    return None


def _cat(plain: str) -> tuple[str, bool] | None:
    match = _CAT.fullmatch(plain)
    if match is None:
        return None
    parts = re.split(r"\s*[/,、;]\s*(?=CAT)", match["ratings"], flags=re.IGNORECASE)
    ratings = [_RATING.fullmatch(part.strip(" ()")) for part in parts]
    texts = [
        f"CAT {one['class'].upper()}" + (f" {one['v']} V" if one["v"] else "")
        for one in ratings
        if one is not None
    ]
    return (f"cat >= {' / '.join(texts)}", True) if len(texts) == len(parts) else None


def _class(plain: str) -> tuple[str, bool] | None:
    """An accuracy class is the better the smaller, so 不低于0.5级 asks for 0.5 or less."""
    match = _CLASS.fullmatch(plain)
    if match is None:
        return None
    is_named = not re.match(r"[\d<>=不优达为]", plain)
    return f"accuracy_class <= {match['n']}", is_named or "." in match["n"]


def _protection(plain: str) -> tuple[str, bool] | None:
    """IEC 60529: the two digits do not order all codes, so a least one is only a proposal."""
    match = _PROTECTION.fullmatch(plain)
    if match is None:
        return None
    code = f"IP{match['n']}"
    if match["cmp"] in {None, "为"} and not match["up"]:
        return f"ip = {code}", False
    better = [one for one in _PROTECTIONS if one[2] >= code[2] and one[3] >= code[3]]
    return f"ip in {{{','.join(dict.fromkeys([code, *better]))}}}", False


def _supply(plain: str) -> tuple[str, bool] | None:
    match = _SUPPLY.fullmatch(plain)
    if match is None:
        return None
    volts = float(match["v1"] or match["v2"])
    share = float(match["tolerance"]) / 100
    kind = _CURRENT[match["pre"] or match["post"]]
    low, high = round(volts * (1 - share), 3), round(volts * (1 + share), 3)
    return f"supply_voltage = {low:g}-{high:g} V {kind}", True


def _support(plain: str) -> tuple[str, bool] | None:
    match = _SUPPORT.fullmatch(plain)
    if match is None:
        return None
    members = [re.sub(r"(?:总线|协议|接口)$", "", one) for one in _AND.split(match["body"])]
    for name, words in _SETS:
        if all(re.fullmatch(words, one, re.IGNORECASE) for one in members):
            return f"{name} includes {{{','.join(map(_spelled, members))}}}", True
    return None


def _spelled(member: str) -> str:
    upper = member.upper()
    return {"CANFD": "CAN FD", "WI-FI": "WIFI", "FLEXRAY": "FlexRay"}.get(upper, upper)


_READERS: tuple[Callable[[str], tuple[str, bool] | None], ...] = (
    _cat,
    _class,
    _protection,
    _supply,
    _support,
)
