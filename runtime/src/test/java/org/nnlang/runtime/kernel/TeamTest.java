package org.nnlang.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class TeamTest {
    @Test
    void everyTaskRunsOnceInManyDispatches() {
        try (Team team = Team.of(4)) {
            for (int round = 0; round < 20_000; round++) {
                int tasks = 1 + round % 37;
                AtomicIntegerArray counts = new AtomicIntegerArray(tasks);
                team.run(tasks, (index, worker) -> {
                    assertTrue(worker >= 0 && worker < 4);
                    counts.incrementAndGet(index);
                });
                for (int i = 0; i < tasks; i++) {
                    assertEquals(1, counts.get(i));
                }
            }
        }
    }

    @Test
    void workersWakeAfterHavingParked() throws InterruptedException {
        try (Team team = Team.of(3)) {
            for (int round = 0; round < 50; round++) {
                Thread.sleep(1);
                AtomicIntegerArray counts = new AtomicIntegerArray(9);
                team.run(9, (index, _) -> counts.incrementAndGet(index));
                for (int i = 0; i < 9; i++) {
                    assertEquals(1, counts.get(i));
                }
            }
        }
    }

    @Test
    void whatATaskThrowsComesOutAndTheTeamGoesOn() {
        try (Team team = Team.of(3)) {
            for (int round = 0; round < 100; round++) {
                IllegalStateException thrown = assertThrows(
                        IllegalStateException.class,
                        () -> team.run(8, (index, _) -> {
                            if (index == 5) {
                                throw new IllegalStateException("five");
                            }
                        }));
                assertEquals("five", thrown.getMessage());
                AtomicIntegerArray counts = new AtomicIntegerArray(8);
                team.run(8, (index, _) -> counts.incrementAndGet(index));
                assertEquals(1, counts.get(7));
            }
        }
    }

    @Test
    void aCallFromInsideATaskRunsThere() {
        try (Team team = Team.of(3)) {
            AtomicIntegerArray counts = new AtomicIntegerArray(20);
            team.run(4, (outer, worker) -> team.run(5, (inner, nested) -> {
                assertEquals(worker, nested);
                counts.incrementAndGet(outer * 5 + inner);
            }));
            for (int i = 0; i < 20; i++) {
                assertEquals(1, counts.get(i));
            }
        }
    }

    @Test
    void anotherCallerIsRefused() throws InterruptedException {
        try (Team team = Team.of(2)) {
            AtomicReference<Throwable> seen = new AtomicReference<>();
            team.run(2, (index, _) -> {
                if (index == 0) {
                    Thread other = new Thread(() -> {
                        try {
                            team.run(2, (_, _) -> {});
                        } catch (IllegalStateException e) {
                            seen.set(e);
                        }
                    });
                    other.start();
                    try {
                        other.join();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            });
            assertTrue(seen.get() instanceof IllegalStateException);
        }
    }

    @Test
    void aClosedTeamStillRunsWhatItIsGiven() {
        Team team = Team.of(2);
        team.close();
        team.close();
        AtomicIntegerArray counts = new AtomicIntegerArray(3);
        team.run(3, (index, _) -> counts.incrementAndGet(index));
        assertEquals(1, counts.get(2));
    }

    @Test
    void aDispatchAllocatesNothing() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Team team = Team.of(2)) {
            int[] sum = new int[2 * 64];
            Team.Task task = (_, worker) -> sum[worker * 64]++;
            for (int i = 0; i < 20_000; i++) {
                team.run(4, task);
            }
            threads.getCurrentThreadAllocatedBytes(); // the first call allocates for itself
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                team.run(4, task);
            }
            assertEquals(0, threads.getCurrentThreadAllocatedBytes() - before);
        }
    }
}
