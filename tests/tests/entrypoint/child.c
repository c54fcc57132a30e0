// An app without dependencies on its image: prints its process id, arguments and environment, and exits with
// 0 on SIGTERM.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void ended(int signal) {
    (void)signal;
    static const char text[] = "ended by SIGTERM\n";
    if (write(STDOUT_FILENO, text, sizeof text - 1) < 0) _exit(1);
    _exit(0);
}

int main(void) {
    signal(SIGTERM, ended);
    puts(getenv("DSN"));
    fflush(stdout);
    // Last: the test sends the signal after this line.
    fprintf(stderr, "pid %d\n", (int)getpid());
    for (;;) pause();
}
