; Beside what electron-builder's installer does: the `shelfmatch` command on the PATH, and "Open with" for pictures.
; Pictures are not taken over: double-clicking one still opens the viewer that the user has.

!define SHELFMATCH_TYPES "Software\Classes\Applications\${APP_EXECUTABLE_FILENAME}"

!macro shelfmatchPath ACTION
  StrCpy $0 "User"
  ${if} $installMode == "all"
    StrCpy $0 "Machine"
  ${endif}
  nsExec::ExecToLog 'powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File "$INSTDIR\resources\shelfmatch\bin\path.ps1" ${ACTION} $0'
  Pop $0
!macroend

!macro shelfmatchType EXTENSION
  WriteRegStr SHELL_CONTEXT "${SHELFMATCH_TYPES}\SupportedTypes" "${EXTENSION}" ""
!macroend

!macro customInstall
  !insertmacro shelfmatchPath add
  WriteRegStr SHELL_CONTEXT "${SHELFMATCH_TYPES}" "FriendlyAppName" "${PRODUCT_NAME}"
  WriteRegStr SHELL_CONTEXT "${SHELFMATCH_TYPES}\shell\open\command" "" '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" "%1"'
  !insertmacro shelfmatchType ".jpg"
  !insertmacro shelfmatchType ".jpeg"
  !insertmacro shelfmatchType ".png"
  !insertmacro shelfmatchType ".webp"
  !insertmacro shelfmatchType ".avif"
  !insertmacro shelfmatchType ".gif"
  !insertmacro shelfmatchType ".tif"
  !insertmacro shelfmatchType ".tiff"
  !insertmacro shelfmatchType ".heic"
!macroend

!macro customUnInstall
  !insertmacro shelfmatchPath remove
  DeleteRegKey SHELL_CONTEXT "${SHELFMATCH_TYPES}"
!macroend
