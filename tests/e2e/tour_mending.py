"""Steps of the tour at the school: its list, its gaps, what it buys and what it counts."""

from datetime import date, timedelta

from playwright.sync_api import Locator, Page, expect

from tests.e2e.browsers import fits
from tests.e2e.tour_school import (
    GLASSES,
    MASTER,
    PDF,
    STATION,
    TESTER,
    VERSION,
    mangled_list,
    what_was_bought,
)


def hand_over(field: Locator, name: str, content: bytes) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    field.set_input_files(file)  # type: ignore[arg-type]


def import_the_list(page: Page) -> None:
    page.goto("/lists")
    page.get_by_role("button", name="导入清单").click()
    hand_over(page.locator("input[type=file]"), "试用.xlsx", mangled_list())
    sheet = page.locator('section[data-sheet="模块2-1"]')
    # no header says what is listed: a person does
    sheet.locator("input[type=number]").fill("2")
    sheet.locator("input[type=number]").press("Tab")
    page.get_by_label("“器材”对应到").select_option("item_zh")
    expect(page.get_by_label("“技术参数及要求”对应到")).to_have_value("technical_parameters")
    expect(page.get_by_label("“校准要求”对应到")).to_have_value("calibration_required")
    for source in ("authority_item", "authority_parameters", "authority_quantity"):
        sheet.locator(f"[data-constant={source}]").select_option("evaluation_org_document")
    page.get_by_role("button", name="下一步：核对").click()
    expect(page.locator(".counts")).to_contain_text("可导入 3 项要求")
    expect(page.locator(".counts")).to_contain_text("3 段参数文字需人工确认")
    page.get_by_label("版本名称").fill(VERSION)
    page.get_by_role("button", name="导入", exact=True).click()


def settle_three_texts(page: Page) -> None:
    expect(page.locator("[data-piece]")).to_have_count(3)
    for text in ("防冲击", "可联网"):
        one = page.locator(f'[data-piece="{text}"]')
        one.locator("[data-field=kind]").select_option("flag")
        one.locator("[data-field=name]").fill(text)
        expect(one.locator("output")).to_have_text(f"将按此判断：{text} = true")
        one.get_by_role("button", name="确认").click()
        expect(one).to_have_count(0)
    page.locator('[data-piece="进口橡胶"]').get_by_label("不作要求").check()
    page.locator('[data-piece="进口橡胶"]').get_by_role("button", name="确认").click()
    expect(page.locator("[role=status]")).to_contain_text("还剩 0 段")


def make_a_task(page: Page, least: str) -> Locator:
    """From the gap of the testers; ends at the task's own page."""
    page.locator(f'tr[data-row="{TESTER}"] button[data-status]').first.click()
    panel = page.locator("dialog.panel")
    expect(panel.locator("[data-part=least]")).to_contain_text(least)
    panel.get_by_role("button", name="转为整改").click()
    expect(panel.locator(".chip.task")).to_have_text("→ 待处理")
    expect(panel.get_by_role("button", name="转为整改")).to_have_count(0)
    panel.get_by_role("link", name="打开整改单").click()
    page.wait_for_url(lambda url: "/rectifications?" in url)
    expect(panel.locator("h2")).to_have_text("诊断工作站")
    return panel


def hand_the_task_in(panel: Locator, words: str, paper: str) -> None:
    panel.get_by_label("说明或意见").fill(words)
    hand_over(panel.locator("input[type=file]"), paper, PDF + paper.encode())
    panel.get_by_role("button", name="提交验收").click()
    expect(panel.locator(".history")).to_contain_text(paper)


def mend_and_accept(school: Page, judge: Page) -> None:
    panel = make_a_task(school, "购置或借入 2")
    panel.get_by_label("责任人").select_option(MASTER)
    panel.get_by_label("期限").fill("2026-01-31")
    panel.get_by_role("button", name="保存").click()
    expect(panel.locator(".late")).to_contain_text("逾期")
    hand_the_task_in(panel, "已购置两台", "发票.pdf")
    # nobody accepts their own work
    expect(panel.get_by_role("button", name="退回")).to_be_visible()
    expect(panel.get_by_role("button", name="验收通过")).to_have_count(0)
    judge.goto(f"{school.url}&lang=en")
    told = judge.locator("dialog.panel")
    told.get_by_role("button", name="Return").click()
    expect(told.get_by_role("alert")).to_contain_text("Say it in words")
    told.get_by_label("What was done, or a comment").fill("发票看不清")
    told.get_by_role("button", name="Return").click()
    expect(told.locator(".verdict")).to_contain_text("Returned")
    assert fits(judge)
    # the school's page follows by itself
    expect(panel.locator(".history")).to_contain_text("发票看不清")
    hand_the_task_in(panel, "重新拍照", "发票-清晰.pdf")
    told.get_by_role("button", name="Accept").click()
    expect(told.locator(".verdict")).to_contain_text("Accepted")


def buy_and_calibrate(page: Page, today: date) -> None:
    page.goto("/register")
    page.get_by_role("button", name="导入台账").click()
    dialog = page.locator("dialog")
    hand_over(dialog.locator("input[type=file]"), "台账.xlsx", what_was_bought(today))
    dialog.locator("button.main").click()
    expect(dialog.locator(".done")).to_be_visible()
    page.goto(f"/gaps?station={STATION}&show=all")
    expect(page.locator(f'tr[data-row="{GLASSES}"] button[data-status=ready]')).to_be_visible()
    # 2-2 is offered and not in the list, which is no gap
    expect(page.locator("th [data-not-in-list]")).to_have_count(1)
    expect(page.locator("[data-figure=columns] .value")).to_contain_text("0 / 1")
    make_a_task(page, "校准")
    task = page.url
    page.goto("/register?asset=ZY-4")
    page.get_by_text("登记校准、检定或试验").click()
    form = page.locator("dialog form").first
    form.get_by_label("类型").select_option("calibration")
    form.get_by_label("完成日期").fill(str(today - timedelta(days=1)))
    form.get_by_label("有效期至").fill(str(today + timedelta(days=300)))
    form.get_by_label("证书编号").fill("CAL-4")
    hand_over(form.locator("input[type=file]"), "证书.pdf", PDF)
    form.get_by_role("button", name="登记").click()
    expect(page.locator("[data-part=proofs]")).to_contain_text("CAL-4")
    # nobody closes it: the check finds nothing any more
    page.goto(task)
    expect(page.locator("dialog.panel .verdict")).to_contain_text("自动关闭")


def count_by_phone(phone: Page) -> None:
    phone.goto("/stocktake/")
    phone.locator("details.start summary").click()
    phone.locator("details.start input[name=title]").fill("申报前盘点")
    phone.get_by_role("button", name="开始盘点").click()
    phone.locator("select[name=room]").select_option("A101")
    for asset in ("ZY-1", "ZY-2", "ZY-3", "ZY-4"):
        phone.locator("input[name=code]").fill(asset)
        phone.get_by_role("button", name="计入").click()
        expect(phone.locator(f'[data-code="{asset}"][data-state=recorded]')).to_be_visible()
    expect(phone.locator("[data-result=found] strong")).to_have_text("3")
    expect(phone.locator("[data-result=wrong_place] strong")).to_have_text("1")
    assert fits(phone)
    phone.get_by_text("结束盘点").click()
    phone.get_by_role("button", name="签字结束").click()
    move = phone.locator('.proposals [data-asset="ZY-4"]')
    expect(move).to_contain_text("A102 → A101")
    phone.get_by_role("button", name="应用所选 1 项").click()
    expect(move).to_have_attribute("data-state", "applied")
