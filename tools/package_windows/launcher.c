/* amif-netcheck.exe: starts lib\runtime\python.exe beside it, in this console.

   For a script it is as if it were the program: arguments, standard handles and exit code go through, Ctrl-C is the
   program's to answer, and whoever ends this process ends the program too.
   Double-clicked, it has a console to itself: Windows Terminal if there is one, else its own at a size that fits; the
   window stays open after an error. The Task Scheduler gives a console of its own too, and nobody is there to press Enter
   or to see a terminal: started with arguments it stays where it is, waits for nobody and ends with the program's code. */
#define WIN32_LEAN_AND_MEAN
#undef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00 /* Windows 10 */
#include <windows.h>
#include <wchar.h>

enum { LONGEST = 32768, COLUMNS = 120, ROWS = 40, INTERNAL = 70, USAGE = 2, INTERRUPTED = 130, TERMINAL_MS = 10000 };
#define OWN_WINDOW L"--own-window" /* told by us to ourselves, inside Windows Terminal */
#define TERMINAL L"%LOCALAPPDATA%\\Microsoft\\WindowsApps\\wt.exe"
#define PYTHON L"lib\\runtime\\python.exe"

static wchar_t folder[LONGEST], python[LONGEST], line[LONGEST]; /* the last character of each stays 0 */

static BOOL in_french(void) {
    return PRIMARYLANGID(GetUserDefaultUILanguage()) == LANG_FRENCH;
}

/* On a console as text, into a file or a pipe as UTF-8. */
static void say(const wchar_t *text) {
    HANDLE out = GetStdHandle(STD_ERROR_HANDLE);
    DWORD mode, written;
    if (GetConsoleMode(out, &mode)) {
        WriteConsoleW(out, text, (DWORD)wcslen(text), &written, NULL);
        return;
    }
    char bytes[4096];
    int length = WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, sizeof bytes, NULL, NULL);
    if (length > 1)
        WriteFile(out, bytes, (DWORD)length - 1, &written, NULL);
}

static void wait_for_enter(void) {
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE);
    wchar_t typed[64];
    DWORD length;
    say(in_french() ? L"\r\nAppuyez sur Entr\u00e9e pour fermer cette fen\u00eatre." : L"\r\nPress Enter to close this window.");
    SetConsoleMode(in, ENABLE_PROCESSED_INPUT | ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT); /* whatever the program left */
    FlushConsoleInputBuffer(in);
    ReadConsoleW(in, typed, 64, &length, NULL);
}

static int fail(const wchar_t *what, DWORD error, BOOL clicked) {
    wchar_t text[1024] = L"", why[512] = L"";
    FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error, 0, why, 512, NULL);
    _snwprintf(text, 1023, in_french() ? L"amif-netcheck : %ls ne d\u00e9marre pas (erreur %lu). %ls\r\n"
                                       : L"amif-netcheck: %ls does not start (error %lu). %ls\r\n", what, error, why);
    say(text);
    if (clicked)
        wait_for_enter();
    return INTERNAL;
}

/* What follows our own name on the command line, exactly as it was written: quotes are the program's to read. */
static wchar_t *arguments(void) {
    wchar_t *rest = GetCommandLineW();
    BOOL quoted = FALSE;
    for (; *rest && (quoted || (*rest != L' ' && *rest != L'\t')); rest++)
        if (*rest == L'"')
            quoted = !quoted;
    while (*rest == L' ' || *rest == L'\t')
        rest++;
    return rest;
}

static BOOL find_folder(void) {
    DWORD length = GetModuleFileNameW(NULL, folder, LONGEST);
    wchar_t *slash = wcsrchr(folder, L'\\');
    if (!length || length >= LONGEST || !slash)
        return FALSE;
    *slash = 0;
    return _snwprintf(python, LONGEST - 1, L"%ls\\" PYTHON, folder) > 0;
}

/* A console window that can be seen is the old one: what stands in for it inside Windows Terminal is never shown. */
static BOOL in_old_console(void) {
    HWND window = GetConsoleWindow();
    wchar_t kind[64] = L"";
    return window && IsWindowVisible(window) && GetClassNameW(window, kind, 64) && wcscmp(kind, L"PseudoConsoleWindow");
}

/* Windows Terminal draws what the old console can't. TRUE where it has taken over. */
static BOOL opened_in_terminal(void) {
    wchar_t terminal[LONGEST], self[LONGEST], escaped[LONGEST], *to = escaped;
    STARTUPINFOW how = {.cb = sizeof how};
    PROCESS_INFORMATION it;
    DWORD code = STILL_ACTIVE;
    DWORD length = ExpandEnvironmentStringsW(TERMINAL, terminal, LONGEST); /* there alone, not wherever a wt.exe may lie */
    if (!length || length > LONGEST || GetFileAttributesW(terminal) == INVALID_FILE_ATTRIBUTES)
        return FALSE;
    if (!GetModuleFileNameW(NULL, self, LONGEST))
        return FALSE;
    if (_snwprintf(line, LONGEST - 1, L"\"%ls\" " OWN_WINDOW, self) < 0)
        return FALSE;
    for (const wchar_t *from = line; *from; *to++ = *from++) { /* a semicolon would begin a second tab */
        if (to - escaped > LONGEST - 4)
            return FALSE;
        if (*from == L';')
            *to++ = L'\\';
    }
    *to = 0;
    if (_snwprintf(line, LONGEST - 1, L"\"%ls\" %ls", terminal, escaped) < 0)
        return FALSE;
    if (!CreateProcessW(terminal, line, NULL, NULL, FALSE, CREATE_NO_WINDOW, NULL, folder, &how, &it))
        return FALSE;
    if (WaitForSingleObject(it.hProcess, TERMINAL_MS) == WAIT_OBJECT_0) /* it hands over and ends, or stays with us */
        GetExitCodeProcess(it.hProcess, &code);
    CloseHandle(it.hThread);
    CloseHandle(it.hProcess);
    return code == 0 || code == STILL_ACTIVE;
}

static void resize(void) {
    HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
    COORD most = GetLargestConsoleWindowSize(out);
    COORD size = {most.X && most.X < COLUMNS ? most.X : COLUMNS, most.Y && most.Y < ROWS ? most.Y : ROWS};
    SMALL_RECT least = {0, 0, 1, 1}, window = {0, 0, (SHORT)(size.X - 1), (SHORT)(size.Y - 1)};
    SetConsoleWindowInfo(out, TRUE, &least); /* a buffer may not be smaller than its window */
    SetConsoleScreenBufferSize(out, size);
    SetConsoleWindowInfo(out, TRUE, &window);
}

/* Ctrl-C and Ctrl-Break reach the program too; closing the window ends both. */
static BOOL WINAPI leave_to_program(DWORD event) {
    return event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT;
}

/* Who ends us ends the program; what that opens (the settings of Windows, a page) goes on. */
static HANDLE tie(void) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;
    HANDLE job = CreateJobObjectW(NULL, NULL);
    ZeroMemory(&limits, sizeof limits);
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
    if (job)
        SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
    return job;
}

static HANDLE handed_down(DWORD which) {
    HANDLE ours = GetStdHandle(which), theirs = NULL;
    if (ours && ours != INVALID_HANDLE_VALUE)
        DuplicateHandle(GetCurrentProcess(), ours, GetCurrentProcess(), &theirs, 0, TRUE, DUPLICATE_SAME_ACCESS);
    return theirs;
}

/* Did the app end as it should, by the person? Then nothing is left to read. */
static BOOL ended_well(DWORD code) {
    return code <= 4 && code != USAGE;
}

int wmain(void) {
    DWORD owners[2], code = INTERNAL;
    BOOL alone = GetConsoleProcessList(owners, 2) == 1, in_terminal, clicked;
    wchar_t *rest = arguments();
    size_t marked = wcslen(OWN_WINDOW);
    STARTUPINFOW how = {.cb = sizeof how};
    PROCESS_INFORMATION it;
    HANDLE job;
    in_terminal = !wcsncmp(rest, OWN_WINDOW, marked) && (!rest[marked] || rest[marked] == L' ');
    if (in_terminal) {
        rest += marked;
        while (*rest == L' ')
            rest++;
    }
    clicked = alone && !*rest;
    if (!find_folder())
        return fail(L"" PYTHON, GetLastError(), clicked);
    if (clicked && !in_terminal && in_old_console() && opened_in_terminal())
        return 0;
    if (_snwprintf(line, LONGEST - 1, L"\"%ls\" -X utf8 -P -m amif_netcheck %ls", python, rest) < 0)
        return fail(L"" PYTHON, ERROR_FILENAME_EXCED_RANGE, clicked);
    if (alone) {
        SetConsoleTitleW(in_french() ? L"Pr\u00eat pour la visioconf\u00e9rence" : L"Ready for the videoconference");
        resize();
    }
    SetConsoleCtrlHandler(leave_to_program, TRUE);
    how.dwFlags = STARTF_USESTDHANDLES;
    how.hStdInput = handed_down(STD_INPUT_HANDLE);
    how.hStdOutput = handed_down(STD_OUTPUT_HANDLE);
    how.hStdError = handed_down(STD_ERROR_HANDLE);
    job = tie();
    if (!CreateProcessW(python, line, NULL, NULL, TRUE, CREATE_SUSPENDED, NULL, NULL, &how, &it))
        return fail(L"" PYTHON, GetLastError(), clicked);
    if (job)
        AssignProcessToJobObject(job, it.hProcess); /* where that is forbidden we do without */
    ResumeThread(it.hThread);
    WaitForSingleObject(it.hProcess, INFINITE);
    GetExitCodeProcess(it.hProcess, &code);
    if (clicked && !ended_well(code) && code != INTERRUPTED)
        wait_for_enter();
    return (int)code;
}
