"""What the columns of a calendar's file say to those who fill it in."""

from inventory.requirements.writing import Column

CALENDAR_COLUMNS = (
    Column("row_kind", "内容", "学期 / 节次 / 开放时间 / 停用 / 补课", "学期"),
    Column("name", "名称", "学期、节次或停用日的名称", "第一学期"),
    Column("number", "节次", "仅节次：序号", ""),
    Column("weekdays", "星期", "仅开放时间：1–7，1 为星期一，用 ; 分隔", ""),
    Column("first_day", "开始日期", "学期、停用：第一天；补课：补课当天", "2026-08-31"),
    Column("last_day", "结束日期", "学期、停用：最后一天，含当天；空为一天", "2027-01-17"),
    Column("starts", "开始时间", "节次、开放时间", ""),
    Column("ends", "结束时间", "节次、开放时间；次日 2 点写 26:00", ""),
    Column("replaces", "补哪天", "仅补课：所补的放假日", ""),
    Column("station", "站点", "仅开放时间：站点代码，空为全校", ""),
)
CHINESE_NAMES = {column.zh: column.name for column in CALENDAR_COLUMNS}
