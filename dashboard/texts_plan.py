"""Texts of the plan: the smallest set of actions, what one failure breaks, and capacity."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "page.plan": ("达标方案", "Plan"),
    "plan.advice": ("也消除建议项", "Meet advice, too"),
    "plan.title": ("最少要做什么", "The least that must be done"),
    "plan.ready": ("已达标，不需要任何措施。", "It passes: nothing needs to be done."),
    "plan.actions": (
        "做完这 {n} 项即可达标，缺一不可。",
        "Actions after which it passes: {n}. None of them can be left out.",
    ),
    "plan.actions_advice": (
        "做完这 {n} 项，必须项和建议项全部满足。",
        "Actions after which nothing binding and nothing advised is left: {n}.",
    ),
    "plan.impossible": (
        "清单没有此模块等级的要求，无法给出方案。",
        "The list has nothing for this module and level, so there is no plan.",
    ),
    "plan.uncertain": (
        "站点信息未填完整：填写后方案可能变化。",
        "Facts of the station are missing: once they are stated the plan may change.",
    ),
    "plan.how": (
        "方案由整数规划求得：先求措施数最少，再按“填写、登记、确认、调配、送检、协调、维修、购置”的顺序取最省力的。",
        (
            "Found by integer programming: fewest actions first, then the least effort, in this "
            "order: state, record, confirm, move, calibrate, settle, mend, buy."
        ),
    ),
    "plan.asset": ("资产编号 {code}", "asset {code}"),
    "plan.rows": ("对应要求 {list}", "for {list}"),
    "plan.to_finding": ("查看不符合项", "Open the findings"),
    "plan.to_gaps": ("差距矩阵", "Gap matrix"),
    "whatif.title": ("坏一件会怎样", "If one thing fails"),
    "whatif.safe": (
        "任何一件设备故障，结论都不变：都有备份。",
        "Whatever single piece fails, the answer stays: there is a spare for each.",
    ),
    "whatif.fatal": (
        "{n} 件设备没有备份：其中任何一件故障，站点即未就绪。",
        "Pieces without a spare: {n}. If one of them fails, the station is not ready.",
    ),
    "whatif.not_fatal": (
        "没有哪一件故障会使站点未就绪。",
        "No single failure makes the station not ready.",
    ),
    "whatif.already": (
        "站点现在就未就绪；下面是会使更多要求缺项的设备。",
        "The station is not ready as it is; these would leave more rows short.",
    ),
    "whatif.minor": (
        "另有 {n} 件故障时只增加建议",
        "Only advice comes of {n} more",
    ),
    "whatif.col_thing": ("设备", "Piece"),
    "whatif.col_status": ("故障后", "Then"),
    "whatif.col_rows": ("缺项的要求", "Rows left short"),
    "whatif.bench": ("台架 {code}", "bench {code}"),
    "whatif.impossible": (
        "清单没有此模块等级的要求。",
        "The list has nothing for this module and level.",
    ),
    "capacity.title": ("一天能考多少人", "Examinees a day"),
    "capacity.examinees": ("考生人数", "Examinees"),
    "capacity.exam_minutes": ("每场分钟", "Minutes per exam"),
    "capacity.opening_minutes": ("每天开放分钟", "Minutes a day"),
    "capacity.most": ("每天最多", "At most a day"),
    "capacity.people": ("{n} 人", "{n}"),
    "capacity.equipped": ("配齐的工位", "Workstations equipped"),
    "capacity.of_places": ("共 {n} 个工位", "of {n}"),
    "capacity.cycles": ("每天场次", "Sittings a day"),
    "capacity.cycles_note": ("{open} ÷ {exam} 分钟", "{open} ÷ {exam} min"),
    "capacity.cycles_limit": ("每个工位每天限 {n} 次", "{n} a day per workstation"),
    "capacity_from.station": ("站点设置", "the station's"),
    "capacity_from.default": ("默认值", "default"),
    "capacity.fits": (
        "{n} 名考生分 {cycles} 场，共 {minutes} 分钟，当天可以完成。",
        "{n} examinees take {cycles} sittings, {minutes} minutes: it fits into the day.",
    ),
    "capacity.no_fit": (
        "{n} 名考生需 {cycles} 场，共 {minutes} 分钟；当天只能开 {possible} 场。",
        "{n} examinees take {cycles} sittings, {minutes} minutes; a day holds {possible} sittings.",
    ),
    "capacity.none": (
        "没有一个工位配齐必备设备，当天不能考试。",
        "No workstation has everything that binds: there can be no exam.",
    ),
    "capacity.unknown": (
        "站点没有填写工位数，无法计算。",
        "The station does not state its workstations, so nothing can be worked out.",
    ),
    "capacity.how": (
        (
            "算法：最多几个工位同时配齐所有“每工位”的必备设备 × 每天能开几场。"
            "所有工位同时考试，考生轮换完成模块的全部任务。"
        ),
        (
            "How: the most workstations that have everything binding per workstation, times the "
            "sittings of a day. All work at once; everybody goes through all tasks of the module."
        ),
    ),
    "capacity.missing": (
        "{n} 个工位缺少必备设备，没有计入。",
        "Workstations that lack something binding are not counted: {n}.",
    ),
    "capacity.sitting": ("第 {n} 场", "Sitting {n}"),
}
