// SPDX-License-Identifier: Apache-2.0
package io.sluice.vtl.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LibraryLockTest {
    @TempDir
    Path directory;

    /** Another process that locks the file, says so, and lets go when its input ends. */
    private Process other(Path lock) throws IOException {
        String script = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.lockf(f, fcntl.LOCK_EX);"
                + " f.write('process 1\\n'); f.flush(); print('locked', flush=True); sys.stdin.read()";
        Process process;
        try {
            process = new ProcessBuilder("python3", "-c", script, lock.toString()).start();
        } catch (IOException none) {
            return Assumptions.abort("SKIPPED: no python3");
        }
        assertThat(process.inputReader().readLine()).isEqualTo("locked");
        return process;
    }

    @Test
    void shouldNameWhoKeepsIt() throws Exception {
        Path lock = directory.resolve("lock");
        Process other = other(lock);
        try {
            assertThatThrownBy(() -> LibraryLock.acquire(lock, Duration.ofMillis(50)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use by process 1");
        } finally {
            other.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldWaitForAProcessThatIsAboutToEnd() throws Exception {
        Path lock = directory.resolve("lock");
        Process other = other(lock);
        Thread.startVirtualThread(() -> {
            try {
                Thread.sleep(300);
                other.getOutputStream().close();
            } catch (IOException | InterruptedException failed) {
                other.destroyForcibly();
            }
        });
        LibraryLock.acquire(lock, Duration.ofSeconds(20)).close();
        assertThat(other.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shouldNotWaitForItsOwnProcess() throws Exception {
        Path lock = directory.resolve("lock");
        try (LibraryLock held = LibraryLock.acquire(lock, Duration.ZERO)) {
            assertThat(held).isNotNull();
            assertThatThrownBy(() -> LibraryLock.acquire(lock, Duration.ofDays(1)))
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
        }
    }
}
