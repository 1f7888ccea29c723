"""What a template of rooms and workstations says to those who fill it in."""

from inventory.requirements.writing import Column

ROOM_COLUMNS = (
    Column("room_code", "房间编号", "本校唯一；再次导入时按它更新", "101"),
    Column("room_name", "房间名称", "设备台账的存放地点以此开头时自动对应", "实训楼 101"),
    Column("room_name_en", "英文名称", "可不填", ""),
    Column("room_kind", "房间用途", "考场 / 培训教室 / 高压作业区 / 库房 / 其他", "考场"),
    Column("station_codes", "所属站点", "站点代码，用 ; 分隔；空为本校全部站点", "BJ01-E"),
    Column("area_m2", "面积（平方米）", "", "180"),
)
WORKSTATION_COLUMNS = (
    Column(
        "workstation_code", "工位编号", "本校唯一；一室多工位时，后续行只填房间编号和工位", "101-01"
    ),
    Column("workstation_kind", "工位类型", "整车 / 台架", "台架"),
    Column("position", "位置", "平面图上的标记", "A1"),
    Column("x_m", "横向位置（米）", "距房间一角，可不填", ""),
    Column("y_m", "纵向位置（米）", "距房间一角，可不填", ""),
    Column("exam_tasks", "考核项目", "项目序号，用 ; 分隔", "1;2"),
    Column("asset_number", "资产编号", "工位上的整车或台架", "BJ01-0001"),
)
PLACE_COLUMNS = ROOM_COLUMNS + WORKSTATION_COLUMNS
CHINESE_NAMES = {column.zh: column.name for column in PLACE_COLUMNS}
