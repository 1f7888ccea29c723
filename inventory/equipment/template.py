"""What a template of an equipment register says to those who fill it in."""

from inventory.requirements.writing import Column

REGISTER_COLUMNS = (
    Column("asset_number", "资产编号", "本校唯一；再次导入时按它更新", "BJ01-0001"),
    Column("item_zh", "设备/工具名称", "与清单中的名称相同", "绝缘电阻测试仪"),
    Column("item_en", "英文名称", "可不填", "insulation resistance tester"),
    Column("quantity", "数量", "正数", "1"),
    Column("quantity_unit", "单位", "件数留空；或 L、kg 等", ""),
    Column("model", "型号", "", "1508"),
    Column("serial", "出厂编号", "", "SN-0001"),
    Column(
        "status",
        "状态",
        "in_service 在用 / under_repair 在修 / lent_out 借出 / retired 报废 / missing 盘亏",
        "in_service",
    ),
    Column("station_codes", "所属站点", "站点代码，用 ; 分隔；空为本校全部站点", "BJ01-T;BJ01-E"),
    Column("serves_rows", "对应要求项", "清单编号，用 ; 分隔；名称与清单不同时填写", ""),
    Column("bench_code", "台架代码", "联网台架的代码，没有则不填", ""),
    Column(
        "parameters",
        "技术参数",
        "与清单同名，用 = 写实际值，用 ; 分隔",
        "test_voltage = {250,500,1000} V; range_max = 10 GΩ; cat = CAT III 1000 V",
    ),
    Column("calibration_done_on", "校准日期", "如 2026-03-01", "2026-03-01"),
    Column("calibration_valid_until", "校准有效期至", "含当日", "2027-02-28"),
    Column("verification_done_on", "检定日期", "", ""),
    Column("verification_valid_until", "检定有效期至", "含当日", ""),
    Column("safety_test_done_on", "预防性试验日期", "", ""),
    Column("safety_test_valid_until", "预防性试验有效期至", "含当日", ""),
    Column("functional_check_on", "最近点检日期", "", ""),
    Column("certificate_no", "证书编号", "", "CAL-2026-0001"),
    Column("owner", "归属", "own 自有 / borrowed 借入", "own"),
    Column("lender", "出借单位", "借入时填写", ""),
    Column("borrowed_from", "借用起始", "空为已开始", ""),
    Column("borrowed_until", "借用截止", "借入时必填", ""),
    Column("location", "存放地点", "", "实训楼 101"),
    Column(
        "original_value",
        "原值(元)",
        "本行全部数量的购置原值；只有单价时，可把列名改为“单价”，按数量计算",
        "12800.00",
    ),
)
UNIT_PRICE = "unit_price"
"""Read where a register states what one piece cost; never written."""
_OF_ROW = ("原值", "原值（元）", "原价", "原价(元)", "原价（元）", "资产原值", "购置金额")
_OF_PIECE = ("单价", "单价(元)", "单价（元）")
CHINESE_NAMES = (
    {column.zh: column.name for column in REGISTER_COLUMNS}
    | dict.fromkeys(_OF_ROW, "original_value")
    | dict.fromkeys(_OF_PIECE, UNIT_PRICE)
)
