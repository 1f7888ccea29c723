@echo off
chcp 65001 >nul
cd /d "%~dp0"
where py >nul 2>nul
if errorlevel 1 goto python
py -3 run.py demo %*
goto end
:python
where python >nul 2>nul
if errorlevel 1 goto missing
python run.py demo %*
goto end
:missing
echo 没有找到 Python。请安装 Python 3.11 或更新版本（安装时勾选 Add to PATH）。
echo Python was not found. Please install Python 3.11 or newer.
:end
pause
