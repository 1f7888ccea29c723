"""How the pages look and behave: Streamlit options set in code, free of files and folders."""

from collections.abc import Mapping

FONTS = "'Noto Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
OPTIONS: Mapping[str, object] = {
    "theme.base": "light",
    "theme.primaryColor": "#0B5CAD",
    "theme.backgroundColor": "#FFFFFF",
    "theme.secondaryBackgroundColor": "#F3F5F8",
    "theme.textColor": "#1B2430",
    "theme.borderColor": "#D9DEE6",
    "theme.linkColor": "#0B5CAD",
    "theme.redColor": "#B42318",
    "theme.font": FONTS,
    "theme.headingFont": FONTS,
    "theme.baseFontSize": 15,
    "theme.baseRadius": "6px",
    "theme.headingFontSizes": ["1.6rem", "1.25rem", "1.05rem"],
    "theme.showWidgetBorder": True,
    "theme.paddingTop": "1rem",
    "theme.paddingBottom": "2rem",
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    "browser.gatherUsageStats": False,
    "server.fileWatcherType": "none",
    "server.headless": True,
    "server.enableStaticServing": False,
}
"""Colours: measured contrast of text on white 6.3:1 or better; one accent, red only for faults."""
