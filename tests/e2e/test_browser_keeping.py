"""A school states a condition, keeps its people and its stock; the evaluator only looks."""

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsers import PHONE, SLOW_MS, entered, fits
from tests.e2e.conftest import Demo

IDENTITY_NUMBER = "11010519491231002X"
"""The example of the standard GB 11643."""


def state_a_condition(page: Page) -> None:
    page.goto("/conditions?station=BJ01-E&open=COND-003")
    panel = page.get_by_role("dialog")
    expect(panel.get_by_text("还没有人声明过。")).to_be_visible(timeout=SLOW_MS)
    panel.get_by_role("button", name="保存").click()
    expect(panel.get_by_role("alert")).to_contain_text("请上传证明文件或写明存放处")
    panel.get_by_label("说明").fill("招生简章，档案柜 2-1")
    panel.get_by_role("button", name="保存").click()
    expect(panel.get_by_text("已保存。")).to_be_visible()
    expect(panel.get_by_text("声明有效")).to_be_visible()
    panel.get_by_label("关闭").click()
    row = page.locator('[data-condition="COND-003"]')
    expect(row).to_contain_text("达到")
    expect(row).to_contain_text("人员声明")


def keep_people(page: Page) -> None:
    page.goto("/staff?station=BJ01-T")
    page.get_by_role("button", name="添加人员").click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("人员编号").fill(IDENTITY_NUMBER)
    panel.get_by_role("button", name="保存").click()
    expect(panel.get_by_role("alert")).to_have_text("“人员编号”中不能填写身份证号，填后四位即可。")
    panel.get_by_label("人员编号").fill("T-05")
    panel.get_by_label("任课教师").check()
    panel.get_by_role("button", name="保存").click()
    panel.get_by_role("button", name="添加证书").click()
    panel.get_by_label("种类").select_option("dual_qualified")
    panel.get_by_role("button", name="保存").click()
    expect(panel.locator('[data-paper="dual_qualified"]')).to_contain_text("有效")
    panel.get_by_label("关闭").click()
    page.get_by_role("button", name="占比与培训师条件").click()
    expect(page.locator('[data-share="dual_qualified"]')).to_contain_text("4 / 6 人")
    expect(page.locator('[data-share="industry_experts"]')).to_contain_text("未达到")


def move_stock(page: Page) -> None:
    page.goto("/consumables?station=BJ01-E")
    row = page.locator('[data-consumable="TAPE"]')
    row.get_by_role("button").click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("数量").fill("13")
    panel.get_by_role("button", name="保存").click()
    expect(panel.get_by_role("alert")).to_have_text("现有只有 12 卷。")
    panel.get_by_label("数量").fill("2.5")
    panel.get_by_role("button", name="保存").click()
    expect(panel.get_by_text("现有 9.5 卷")).to_be_visible()
    panel.get_by_label("关闭").click()
    expect(row).to_contain_text("偏低")


def look_from_outside(phone: Page) -> None:
    phone.goto("/places?station=BJ01-E&lang=en")
    phone.locator('[data-room="A101"]').get_by_role("button").click()
    panel = phone.get_by_role("dialog")
    expect(panel.locator('[data-workstation="A101-01"]')).to_contain_text("tasks 1")
    expect(panel.get_by_role("button", name="Change")).to_have_count(0)
    assert fits(phone)


def test_a_school_keeps_what_it_has_beside_equipment(browser: Browser, demo: Demo) -> None:
    with entered(browser, demo, "bj-master") as page:
        state_a_condition(page)
        keep_people(page)
        move_stock(page)
    with entered(browser, demo, "evaluator", PHONE) as phone:
        look_from_outside(phone)
