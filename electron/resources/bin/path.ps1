# Puts this folder, which has shelfmatch.cmd, on the PATH, or takes it off: path.ps1 add|remove User|Machine
param(
  [ValidateSet("add", "remove")][string] $Action,
  [ValidateSet("User", "Machine")][string] $Scope
)
$ErrorActionPreference = "Stop"
$root = if ($Scope -eq "User") { [Microsoft.Win32.Registry]::CurrentUser } else { [Microsoft.Win32.Registry]::LocalMachine }
$name = if ($Scope -eq "User") { "Environment" } else { "SYSTEM\CurrentControlSet\Control\Session Manager\Environment" }
$key = $root.OpenSubKey($name, $true)
# As it stands: expanded, %USERPROFILE% and the like would be lost for good.
$now = $key.GetValue("Path", "", [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
$kept = @($now -split ";" | Where-Object { $_ -ne "" -and $_ -ne $PSScriptRoot })
if ($Action -eq "add") { $kept += $PSScriptRoot }
$key.SetValue("Path", ($kept -join ";"), [Microsoft.Win32.RegistryValueKind]::ExpandString)
$key.Close()
# Setting any variable tells the open programs that the environment has changed.
[Environment]::SetEnvironmentVariable("ShelfmatchPath", $null, "User")
