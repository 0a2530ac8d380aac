; The setup for one user, in French and English. Needs from `setup.py`: NAMES.nsh (version, files) and the lists of files.
Unicode true
Target amd64-unicode
!include "MUI2.nsh"
!include "LogicLib.nsh"
!include "FileFunc.nsh"
!include "WinVer.nsh"
!include "x64.nsh"
!include "names.nsh"

Name "amif-netcheck"
OutFile "amif-netcheck-setup.exe"
BrandingText "amif-netcheck ${VERSION}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\amif-netcheck"
InstallDirRegKey HKCU "${KEY}" "InstallLocation"
!ifdef QUICK
SetCompress off
!else
SetCompressor /SOLID lzma
SetCompressorDictSize 32
!endif
SetDateSave off
CRCCheck on
ManifestSupportedOS Win10
ManifestDPIAware true
!ifdef SIGN
!uninstfinalize `${SIGN} "%1"` = 0
!endif

!define MUI_ICON "icon.ico"
!define MUI_UNICON "icon.ico"
!define MUI_FINISHPAGE_RUN "$INSTDIR\amif-netcheck.exe"
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "French"
!insertmacro MUI_LANGUAGE "English"

VIProductVersion "${NUMBERS}"
!macro Facts LANGUAGE TITLE
VIAddVersionKey /LANG=${LANGUAGE} "ProductName" "amif-netcheck"
VIAddVersionKey /LANG=${LANGUAGE} "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=${LANGUAGE} "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=${LANGUAGE} "FileDescription" "${TITLE}"
VIAddVersionKey /LANG=${LANGUAGE} "CompanyName" "${PUBLISHER}"
VIAddVersionKey /LANG=${LANGUAGE} "LegalCopyright" "MIT"
!macroend
!insertmacro Facts ${LANG_FRENCH} "${TITLE_FR}"
!insertmacro Facts ${LANG_ENGLISH} "${TITLE_EN}"

LangString Title ${LANG_FRENCH} "${TITLE_FR}"
LangString Title ${LANG_ENGLISH} "${TITLE_EN}"
LangString TooOld ${LANG_FRENCH} "Ce programme demande Windows 10 ou plus récent, en 64 bits."
LangString TooOld ${LANG_ENGLISH} "This program needs Windows 10 or later, 64-bit."
LangString Open ${LANG_FRENCH} "amif-netcheck est ouvert. Fermez sa fenêtre, puis cliquez sur Réessayer."
LangString Open ${LANG_ENGLISH} "amif-netcheck is open. Close its window, then click Retry."
LangString Blocked ${LANG_FRENCH} "amif-netcheck est installé, mais ne démarre pas : une règle de votre service informatique l’en empêche peut-être."
LangString Blocked ${LANG_ENGLISH} "amif-netcheck is installed but does not start: a rule of your IT desk may forbid it."
LangString NotOnPath ${LANG_FRENCH} "La variable Path n’a pas été modifiée."
LangString NotOnPath ${LANG_ENGLISH} "The Path variable was left as it is."

; A program that runs holds its files: nothing is replaced or removed under it, and nobody but the person closes it.
; The launcher may outlive what it has started: it waits for Enter. `Closed` looks into the folder $R0.
!macro NoteWhetherHeld FILE
  ${If} ${FileExists} "${FILE}"
    ClearErrors
    FileOpen $R2 "${FILE}" a
    ${If} ${Errors}
      StrCpy $R1 "held"
    ${Else}
      FileClose $R2
    ${EndIf}
  ${EndIf}
!macroend
!macro Closed UN
Function ${UN}Closed
  ${Do}
    StrCpy $R1 ""
    !insertmacro NoteWhetherHeld "$R0\lib\runtime\python.exe"
    !insertmacro NoteWhetherHeld "$R0\amif-netcheck.exe"
    ${If} $R1 == ""
      Return
    ${EndIf}
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION $(Open) /SD IDCANCEL IDRETRY again
    SetErrorLevel 4
    Quit
    again:
  ${Loop}
FunctionEnd
!macroend
!insertmacro Closed ""
!insertmacro Closed "un."

Function .onInit
  ${IfNot} ${AtLeastWin10}
  ${OrIfNot} ${RunningX64}
    MessageBox MB_OK|MB_ICONSTOP $(TooOld) /SD IDOK
    SetErrorLevel 3
    Quit
  ${EndIf}
FunctionEnd

Section
  StrCpy $R0 $INSTDIR
  Call Closed
  ; the version before this one takes its own files away, here or in the folder that it was put into
  ReadRegStr $1 HKCU "${KEY}" "InstallLocation"
  ${If} $1 != ""
  ${AndIf} $1 != $INSTDIR
  ${AndIf} ${FileExists} "$1\lib\uninstall.exe"
    StrCpy $R0 $1
    Call Closed
    ExecWait '"$1\lib\uninstall.exe" /S _?=$1\lib' $0
    ${If} $0 != 0
      SetErrorLevel 4
      Abort
    ${EndIf}
    Delete "$1\lib\uninstall.exe"
    RMDir "$1\lib"
    RMDir "$1"
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\lib\uninstall.exe"
    ExecWait '"$INSTDIR\lib\uninstall.exe" /S /UPGRADE _?=$INSTDIR\lib' $0
    ${If} $0 != 0
      SetErrorLevel 4
      Abort
    ${EndIf}
  ${EndIf}

  !include "install.nsh"
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\lib\uninstall.exe"
  Delete "$SMPROGRAMS\${TITLE_FR}.lnk"
  Delete "$SMPROGRAMS\${TITLE_EN}.lnk"
  Delete "$DESKTOP\${TITLE_FR}.lnk"
  Delete "$DESKTOP\${TITLE_EN}.lnk"
  CreateShortCut "$SMPROGRAMS\$(Title).lnk" "$INSTDIR\amif-netcheck.exe"
  CreateShortCut "$DESKTOP\$(Title).lnk" "$INSTDIR\amif-netcheck.exe"
  WriteRegStr HKCU "${KEY}" "DisplayName" "$(Title) (amif-netcheck)"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\amif-netcheck.exe"
  WriteRegStr HKCU "${KEY}" "Publisher" "${PUBLISHER}"
  WriteRegStr HKCU "${KEY}" "URLInfoAbout" "${HOMEPAGE}"
  WriteRegStr HKCU "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\lib\uninstall.exe"'
  WriteRegStr HKCU "${KEY}" "QuietUninstallString" '"$INSTDIR\lib\uninstall.exe" /S'
  WriteRegDWORD HKCU "${KEY}" "EstimatedSize" ${KILOBYTES}
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
  nsExec::Exec '"$INSTDIR\lib\runtime\python.exe" "$INSTDIR\lib\user_path.py" add "$INSTDIR"'
  Pop $0
  ${If} $0 != 0
    DetailPrint $(NotOnPath)
  ${EndIf}
  nsExec::Exec '"$INSTDIR\amif-netcheck.exe" --version'
  Pop $0
  ${If} $0 != 0
    SetErrorLevel 5
    MessageBox MB_OK|MB_ICONEXCLAMATION $(Blocked) /SD IDOK
  ${EndIf}
SectionEnd

Function un.onInit
  ${GetParent} $INSTDIR $INSTDIR
FunctionEnd

Section "Uninstall"
  StrCpy $R0 $INSTDIR
  Call un.Closed
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/UPGRADE" $1
  ${If} ${Errors}
    nsExec::Exec '"$INSTDIR\lib\runtime\python.exe" "$INSTDIR\lib\user_path.py" remove "$INSTDIR"'
    Pop $0
    Delete "$SMPROGRAMS\${TITLE_FR}.lnk"
    Delete "$SMPROGRAMS\${TITLE_EN}.lnk"
    Delete "$DESKTOP\${TITLE_FR}.lnk"
    Delete "$DESKTOP\${TITLE_EN}.lnk"
    DeleteRegKey HKCU "${KEY}"
    SetOutPath "$TEMP"
  ${EndIf}
  ; only what was put there: the folder may be one that holds other things too
  Delete "$INSTDIR\lib\uninstall.exe"
  !include "remove.nsh"
SectionEnd
