// An app that needs nothing of its image: says who it is and what it was given, and ends well
// when it is asked to.
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
    // Last: whoever reads it may send the signal.
    fprintf(stderr, "pid %d\n", (int)getpid());
    for (;;) pause();
}
