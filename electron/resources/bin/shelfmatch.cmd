@echo off
rem The command line of an installed Shelfmatch, on the Node that came with it.
setlocal
for %%I in ("%~dp0..") do set "HOME_OF_APP=%%~fI"
set "OWN_NODE="
for /d %%N in ("%HOME_OF_APP%\node_modules\node-win-*") do set "OWN_NODE=%%N\bin\node.exe"
if not exist "%OWN_NODE%" (
  echo shelfmatch: there is no Node in %HOME_OF_APP%. Install Shelfmatch again. 1>&2
  exit /b 1
)
"%OWN_NODE%" --disable-warning=ExperimentalWarning "%HOME_OF_APP%\engine\hosts\cli\main.ts" %*
exit /b %ERRORLEVEL%
