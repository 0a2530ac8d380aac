/* Stands in for Windows Terminal's wt.exe: writes its command line beside itself; fails where `fails` lies there. */
#include <stdio.h>
#include <windows.h>

int wmain(void) {
    static char line[100000];
    wchar_t path[MAX_PATH], *name;
    WideCharToMultiByte(CP_UTF8, 0, GetCommandLineW(), -1, line, sizeof line, NULL, NULL);
    GetModuleFileNameW(NULL, path, MAX_PATH);
    name = wcsrchr(path, L'\\') + 1;
    wcscpy(name, L"opened.txt");
    FILE *told = _wfopen(path, L"wb");
    fputs(line, told);
    fclose(told);
    wcscpy(name, L"fails");
    return GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
}
