"""What a template of a requirement list says to those who fill it in."""

from inventory.requirements.writing import Column

LIST_COLUMNS = (
    Column("row_id", "编号", "每行唯一的编号", "C2-1-001"),
    Column("certificate", "证书", "证书编号与名称", "2 智能新能源汽车"),
    Column("module_code", "模块代码", "如 2-1；2-* 表示该证书全部模块", "2-1"),
    Column("module_name", "模块名称", "", "新能源汽车动力驱动电机电池技术"),
    Column("level", "等级", "初级、中级、高级，用 | 分隔；* 为全部", "初级|中级|高级"),
    Column("station_use", "站类型", "both（两者）、培训 或 考核", "both"),
    Column("category", "类别", "", "台架 bench"),
    Column("exam_task", "考核项目", "* 为全部，或项目序号如 1|2", "4"),
    Column("item_zh", "设备/工具名称", "与设备台账中的名称相同", "动力电池总成装调与检修平台"),
    Column("item_en", "英文名称", "", "traction battery assembly and repair bench"),
    Column(
        "technical_parameters",
        "技术参数",
        "用 ; 分隔，如 energy >= 20 kWh; can = true；无要求填 -",
        "energy >= 20 kWh; can = true",
    ),
    Column(
        "quantity_basis",
        "数量基准",
        "per_workstation 工位 / per_vehicle_workstation 整车工位 / "
        "per_bench_workstation 台架工位 / per_exam_task 考核项目 / per_exam_room 考场 / "
        "per_hv_area 高压作业区 / per_module 模块 / per_station 站 / per_vehicle 车 / "
        "per_N_examinees 每N名考生",
        "per_exam_task 考核项目",
    ),
    Column("quantity_n", "数量", "正数，可带单位，如 2 或 10 L", "2"),
    Column("per_n_examinees", "每N名考生的N", "仅数量基准为 per_N_examinees 时填写", ""),
    Column("obligation", "必备/推荐", "mandatory（必备）或 recommended（推荐）", "mandatory"),
    Column(
        "calibration_required",
        "检定/校准要求",
        "no / functional self-check 点检 / calibration 校准 / verification 强检 / "
        "periodic safety test 预防性试验",
        "functional self-check 点检",
    ),
    Column("interval_months", "周期（月）", "整数；点检必填", "1"),
    Column("calibration_document", "检定/校准依据", "规程或规范编号", ""),
    Column("calibration_evidence", "周期来源", "", ""),
    Column("sharing_rule", "共用规则", "", "not shareable inside one session"),
    Column("substitute_allowed", "允许的替代", "", "no"),
    Column("alternative_group", "替代组", "无则填 -", "EVB4"),
    Column(
        "authority_item",
        "要求项依据",
        "official / evaluation_org_document / policy / recommended_standard / exam_report / "
        "school_report / competition / tender / web_guidance / vendor / inference，"
        "可加括号限定如 vendor (part)",
        "official",
    ),
    Column("authority_parameters", "参数依据", "同上", "official"),
    Column("authority_quantity", "数量依据", "同上", "official"),
    Column("list_version", "清单版本", "全表相同", "2026-1"),
    Column("is_inference", "是否推断", "yes / partly / no", "no"),
    Column("source_address", "来源", "", ""),
)
