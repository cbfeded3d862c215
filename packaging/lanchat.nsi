; The installer for Windows: for one person, without an administrator but for the firewall, and only if wanted.
; downloads.py gives VERSION, PROGRAM (the folder), ICON and INTO.
Unicode true
ManifestDPIAware true
!include "MUI2.nsh"
!include "LogicLib.nsh"

Name "lanchat"
OutFile "${INTO}"
InstallDir "$LOCALAPPDATA\Programs\lanchat"
RequestExecutionLevel user
SetCompressor /SOLID lzma
SetDateSave off
BrandingText "lanchat ${VERSION}"

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\lanchat"
!define RULE "lanchat (private networks)"
!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_COMPONENTSPAGE_SMALLDESC
!define MUI_FINISHPAGE_RUN "$INSTDIR\lanchat.exe"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "Indonesian"

LangString PROGRAM_NAME ${LANG_ENGLISH} "lanchat"
LangString PROGRAM_NAME ${LANG_INDONESIAN} "lanchat"
LangString FIREWALL_NAME ${LANG_ENGLISH} "Let people here reach rooms I host"
LangString FIREWALL_NAME ${LANG_INDONESIAN} "Izinkan orang di sini masuk ke ruang saya"
LangString FIREWALL_WHY ${LANG_ENGLISH} "Windows asks once for an administrator, to allow lanchat through the firewall on private networks. Without it Windows asks when you first start a room."
LangString FIREWALL_WHY ${LANG_INDONESIAN} "Windows meminta izin administrator sekali, agar lanchat diizinkan firewall di jaringan pribadi. Tanpa ini Windows bertanya saat Anda pertama kali membuka ruang."
LangString RUNNING ${LANG_ENGLISH} "lanchat is running. Please close it, then try again."
LangString RUNNING ${LANG_INDONESIAN} "lanchat sedang berjalan. Tutuplah dahulu, lalu coba lagi."

; A program that runs cannot be replaced: then ask, rather than leave half of the old one.
!macro AskToClose
  ${Do}
    ClearErrors
    ${If} ${FileExists} "$INSTDIR\lanchat.exe"
      Delete "$INSTDIR\lanchat.exe"
    ${EndIf}
    ${IfNot} ${Errors}
      ${Break}
    ${EndIf}
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(RUNNING)" /SD IDCANCEL IDRETRY +2
    Abort
  ${Loop}
!macroend

; Everything that was installed, and nothing else: a folder `data` of a portable lanchat stays.
!macro RemoveProgram
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\lanchat.exe"
  Delete "$INSTDIR\lanchat-cli.exe"
!macroend

Section "$(PROGRAM_NAME)"
  SectionIn RO
  !insertmacro AskToClose
  !insertmacro RemoveProgram
  SetOutPath "$INSTDIR"
  File /r "${PROGRAM}\*"
  CreateShortCut "$SMPROGRAMS\lanchat.lnk" "$INSTDIR\lanchat.exe"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "lanchat"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\lanchat.exe"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

Section "$(FIREWALL_NAME)" FIREWALL
  ${IfNot} ${Silent}
    ClearErrors
    ExecShellWait "runas" "$SYSDIR\cmd.exe" '/c netsh advfirewall firewall delete rule name="${RULE}" & netsh advfirewall firewall add rule name="${RULE}" dir=in action=allow profile=private program="$INSTDIR\lanchat.exe" & netsh advfirewall firewall add rule name="${RULE}" dir=in action=allow profile=private program="$INSTDIR\lanchat-cli.exe"' SW_HIDE
    ${IfNot} ${Errors}
      WriteRegDWORD HKCU "Software\lanchat" "FirewallRule" 1
    ${EndIf}
  ${EndIf}
SectionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${FIREWALL} "$(FIREWALL_WHY)"
!insertmacro MUI_FUNCTION_DESCRIPTION_END

Section "Uninstall"
  !insertmacro AskToClose
  ReadRegDWORD $0 HKCU "Software\lanchat" "FirewallRule"
  ${If} $0 = 1
  ${AndIfNot} ${Silent}
    ExecShellWait "runas" "$SYSDIR\netsh.exe" 'advfirewall firewall delete rule name="${RULE}"' SW_HIDE
  ${EndIf}
  !insertmacro RemoveProgram
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\lanchat.lnk"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\lanchat"
SectionEnd
