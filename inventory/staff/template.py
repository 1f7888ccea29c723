"""What a template of a staff register says to those who fill it in."""

from inventory.requirements.writing import Column

PERSON_COLUMNS = (
    Column("number", "人员编号", "本校工号或代号，不填身份证号；再次导入时按它更新", "T-017"),
    Column("name", "姓名", "可用简称或代号", "王老师"),
    Column(
        "affiliation",
        "来源",
        "school 本校 / industry 行业企业 / other_school 外校 / evaluation_organisation 评价组织",
        "school",
    ),
    Column(
        "roles",
        "岗位",
        "用 ; 分隔：1+X办公室主任、培训站站长、考核站站长、办公室成员、任课教师、培训师、考评组长、"
        "考评员、监考、技术支持、高压操作人、高压监护人",
        "任课教师;培训师",
    ),
    Column("station_codes", "所属站点", "站点代码，用 ; 分隔；空为本校全部站点", "BJ01-T"),
    Column("teaches_modules", "任教模块", "如 2-1;2-3，空为全部", "2-1"),
    Column("teaches_levels", "任教等级", "初级;中级;高级，空为全部", "初级;中级"),
    Column("is_school_leader", "校级领导", "是 / 否", "否"),
    Column("trade_since", "从业起始日期", "开始从事汽车行业的日期", "2015-09-01"),
    Column("joined_on", "到岗日期", "", ""),
    Column("left_on", "离岗日期", "最后一天", ""),
)
CERTIFICATE_COLUMNS = (
    Column(
        "certificate_kind",
        "证书类型",
        "职业技能等级证书、学历、职业资格、教师资格、师资证书、考评员证、双师型认定、企业证明、"
        "低压电工作业证、其他；一人多证时，后续行只填人员编号和证书",
        "职业技能等级证书",
    ),
    Column("certificate_no", "证书编号", "不填身份证号，可填后四位", "JN-2023-001"),
    Column("certificate_level", "证书等级", "初级 / 中级 / 高级", "中级"),
    Column("certificate_modules", "证书模块", "如 2-1;2-3，空为全部", "2-1"),
    Column("issued_on", "发证日期", "", "2023-06-01"),
    Column("valid_until", "有效期至", "含当日，长期有效则不填", ""),
    Column("reviewed_on", "最近复审日期", "低压电工作业证每 3 年复审", ""),
    Column("ended_on", "注销日期", "", ""),
    Column("document_id", "附件编号", "", ""),
)
STAFF_COLUMNS = PERSON_COLUMNS + CERTIFICATE_COLUMNS
CHINESE_NAMES = {column.zh: column.name for column in STAFF_COLUMNS}
