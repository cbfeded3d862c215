; The installer for Windows: for one person, without an administrator but for the firewall, and only if wanted.
; downloads.py gives VERSION, PROGRAM (the folder), ICON, INTO, SIZE (in kB) and ID (system/identity.py).
Unicode true
ManifestDPIAware true
!include "MUI2.nsh"
!include "LogicLib.nsh"
!include "Win\COM.nsh"
!include "Win\Propkey.nsh"

!define CURRENT "Software\Microsoft\Windows\CurrentVersion"
!define UNINSTALL "${CURRENT}\Uninstall\lanchat"
!define LINKS "Software\Classes\lanchat"
Name "lanchat"
OutFile "${INTO}"
InstallDir "$LOCALAPPDATA\Programs\lanchat"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation" ; a newer one goes where the older one is
RequestExecutionLevel user
SetCompressor /SOLID lzma
SetDateSave off
BrandingText "lanchat ${VERSION}"

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

; A program that runs cannot be replaced: then ask, before anything is touched, rather than leave half of the old one.
; Windows lets nobody write into a program that runs.
!macro AskToClose
  ${Do}
    ClearErrors
    ${If} ${FileExists} "$INSTDIR\lanchat.exe"
      FileOpen $0 "$INSTDIR\lanchat.exe" a
      FileClose $0
    ${EndIf}
    ${If} ${FileExists} "$INSTDIR\lanchat-cli.exe"
      FileOpen $0 "$INSTDIR\lanchat-cli.exe" a
      FileClose $0
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

; The shortcut carries the window's AppUserModelID, so that the taskbar takes both for one program, and Windows shows
; notifications as lanchat's. Wine does not keep it in the file: unverified.
!macro SameInTheTaskbar
  !insertmacro ComHlpr_CreateInProcInstance ${CLSID_ShellLink} ${IID_IShellLink} r0 ""
  ${If} $0 P<> 0
    ${IUnknown::QueryInterface} $0 '("${IID_IPersistFile}",.r1)'
    ${IUnknown::QueryInterface} $0 '("${IID_IPropertyStore}",.r2)'
    ${If} $1 P<> 0
    ${AndIf} $2 P<> 0
      ${IPersistFile::Load} $1 '("$SMPROGRAMS\lanchat.lnk",${STGM_READWRITE})'
      System::Call 'OLEAUT32::SysAllocString(w "${ID}")p.r3'
      System::Call '*${SYSSTRUCT_PROPERTYKEY}(${PKEY_AppUserModel_ID})p.r4'
      System::Call '*${SYSSTRUCT_PROPVARIANT}(${VT_BSTR},,p $3)p.r5'
      ${IPropertyStore::SetValue} $2 '($4,$5)'
      ${IPropertyStore::Commit} $2 ""
      ${IPersistFile::Save} $1 '("$SMPROGRAMS\lanchat.lnk",1)'
      System::Free $4
      System::Free $5
      System::Call 'OLEAUT32::SysFreeString(p r3)'
    ${EndIf}
    ${If} $2 P<> 0
      ${IUnknown::Release} $2 ""
    ${EndIf}
    ${If} $1 P<> 0
      ${IUnknown::Release} $1 ""
    ${EndIf}
    ${IUnknown::Release} $0 ""
  ${EndIf}
!macroend

; Whether the command in $0 starts the program that is here; another lanchat may have written it since. Sets $1.
!macro IsOurs
  StrLen $2 "$INSTDIR\lanchat"
  StrCpy $1 $0 1
  ${If} $1 == '"'
    StrCpy $0 $0 "" 1
  ${EndIf}
  StrCpy $1 $0 $2
!macroend

Section "$(PROGRAM_NAME)"
  SectionIn RO
  !insertmacro AskToClose
  !insertmacro RemoveProgram
  SetOutPath "$INSTDIR"
  File /r "${PROGRAM}\*"
  CreateShortCut "$SMPROGRAMS\lanchat.lnk" "$INSTDIR\lanchat.exe"
  !insertmacro SameInTheTaskbar
  WriteRegStr HKCU "${LINKS}" "" "URL:lanchat"
  WriteRegStr HKCU "${LINKS}" "URL Protocol" ""
  WriteRegStr HKCU "${LINKS}\DefaultIcon" "" '"$INSTDIR\lanchat.exe",0'
  WriteRegStr HKCU "${LINKS}\shell\open\command" "" '"$INSTDIR\lanchat.exe" "%1"'
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "lanchat"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\lanchat.exe"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "lanchat"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" ${SIZE}
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
  ReadRegStr $0 HKCU "${CURRENT}\Run" "lanchat"
  !insertmacro IsOurs
  ${If} $1 == "$INSTDIR\lanchat"
    DeleteRegValue HKCU "${CURRENT}\Run" "lanchat"
    DeleteRegValue HKCU "${CURRENT}\Explorer\StartupApproved\Run" "lanchat"
  ${EndIf}
  ReadRegStr $0 HKCU "${LINKS}\shell\open\command" ""
  !insertmacro IsOurs
  ${If} $1 == "$INSTDIR\lanchat"
    DeleteRegKey HKCU "${LINKS}"
  ${EndIf}
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\lanchat"
SectionEnd
