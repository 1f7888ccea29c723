"""A school that has nothing yet, and what it is sent and buys in the tour."""

import io
from datetime import UTC, date, datetime, timedelta

from openpyxl import Workbook

from inventory.accounts.passwords import Passwords
from inventory.accounts.schema import UserFields
from inventory.accounts.use_cases import create_user
from inventory.database import open_database
from inventory.organisations.schema import OrganisationFields
from inventory.organisations.use_cases import create_organisation
from inventory.requirements.writing import write_rows
from inventory.stations.schema import StationFields
from inventory.stations.use_cases import create_station
from tests.e2e.conftest import Demo

SCHOOL, STATION, MASTER = "ZY09", "ZY09-E", "zy-master"
PASSWORD = "correct horse battery staple"
VERSION = "ZY09-试用清单"
GLASSES, TESTER = "2-1-002", "2-1-003"
BATCHES = [
    ["批次", "证书名称", "覆盖专业", "等级", "已培训", "已考核", "获证", "面向社会培训"],
    ["一批", "智能新能源汽车", "新能源汽车技术", "初、中级", "60", "58", "41", "12"],
    ["二批", "智能新能源汽车", "新能源汽车技术", "高级", "17", "17", "17", "5"],
    ["合计", "", "", "", "77", "75", "58", "93"],
]
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def found_the_school(demo: Demo) -> None:
    """As its evaluator adds it on the command line; the rest of the demo does not know it."""
    database = open_database(f"sqlite:///{demo.folder / 'inventory.sqlite'}")
    school = {"code": SCHOOL, "kind": "school", "name_zh": "中原汽车工程学校"}
    of = OrganisationFields.model_validate(school | {"evaluated_by": "EVAL"})
    create_organisation(database, of, who="test")
    station = {"code": STATION, "organisation_code": SCHOOL, "use": "exam", "name_zh": "考核站"}
    offered = {"modules": ["2-1", "2-2"], "levels": ["elementary"]}
    create_station(database, StationFields.model_validate(station | offered), who="test")
    person = {"username": MASTER, "name": "中原 站长", "role": "stationmaster"}
    user = UserFields.model_validate(person | {"organisation_code": SCHOOL})
    create_user(database, Passwords(), user, PASSWORD, who="test", now=datetime.now(UTC))
    database.close()


def mangled_list() -> bytes:
    """A list as it is sent around: title, merged cells, group headings, a header nobody knows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "模块2-1"
    tester = "1）可联网；2）CAT III 1000V"
    rows: list[list[object]] = [
        ["附件1：设备与工具清单"],
        ["序号", "设备类别", "器材", "技术参数及要求", "数量（套）", "等级", "校准要求", "备注"],
        ["一、安全防护"],
        [1, "防护", "绝缘手套", "进口橡胶", "２", "初、中级", None, "每人一双"],
        [2, None, "护目镜", "防冲击", "两", "初级", "否", None],
        [3, "仪表", "诊断工作站", tester, "≥2", "初级", "校准", "=1+1"],
        ["合计", None, None, None, 6],
    ]
    for row in rows:
        sheet.append(row)
    for area in ("A1:H1", "A3:H3", "B4:B5"):
        sheet.merge_cells(area)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def what_was_bought(today: date) -> bytes:
    """The school's register after shopping; one of the two testers has no certificate yet."""
    done, until = today - timedelta(days=9), today + timedelta(days=300)
    dates = ["校准日期", "校准有效期至"]
    head = ["资产编号", "设备/工具名称", "数量", "技术参数", *dates, "证书编号", "存放地点"]
    states = "可联网 = true; cat = CAT III 1000 V"
    rows = [
        ["ZY-1", "绝缘手套", "2", "", "", "", "", "A101"],
        ["ZY-2", "护目镜", "2", "防冲击 = true", "", "", "", "A101"],
        ["ZY-3", "诊断工作站", "1", states, f"{done}", f"{until}", "CAL-3", "A101"],
        ["ZY-4", "诊断工作站", "1", states, "", "", "", "A102"],
    ]
    return write_rows("r.xlsx", [head, *rows])
