package org.nnlang.benchmarks.race;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.kernel.Machine;

/// Runs a task in all libraries that have it. Each is a process of its own; they take turns, so that a slower clock or a neighbour hurts
/// all alike. Before that, each does the first steps from the same weights, and who gets other results than ours is left out.
public final class Race {
    private static final int TURNS = 5;

    /// How many results are compared.
    private static final int RESULTS = 5;

    /// Float arithmetic in another order, carried through some steps of an optimizer that divides by small numbers.
    private static final double TOLERANCE = 2e-3;

    /// A native library may crash in the very start in which it unpacks itself.
    private static final int ATTEMPTS = 3;

    /// Processes need a moment until their threads sleep.
    private static final long PAUSE_MILLIS = 100;

    private final List<Entrant> entrants;
    private final Path benchmarks;
    private final Path folder;
    private final double seconds;
    private final double warmSeconds;
    private final Consumer<String> warnings;

    /// @param rivals whether others take part
    /// @param benchmarks the folder of that name, below which others are built
    /// @param seconds how long each is measured, in all its turns
    /// @param warnings takes what went wrong, for people
    public Race(
            boolean rivals, Path benchmarks, double seconds, double warmSeconds, Consumer<String> warnings) {
        entrants = new ArrayList<>(List.of(Entrant.ours()));
        if (rivals) {
            entrants.addAll(Entrant.rivals());
        }
        this.benchmarks = benchmarks;
        folder = folder(benchmarks);
        this.seconds = seconds;
        this.warmSeconds = warmSeconds;
        this.warnings = warnings;
    }

    /// Where processes start, and where their native libraries and, in files, their messages go.
    static Path folder(Path benchmarks) {
        return benchmarks.resolve("rivals").resolve("target").resolve("race");
    }

    /// Runs tasks of one workload one after the other, with the same processes.
    public void run(String workload, int threads, Iterable<Task> tasks, Consumer<List<Lane>> report) {
        List<Entrant> able = entrants.stream()
                .filter(entrant -> entrant.workloads().contains(workload))
                .toList();
        @Nullable
        Opponent[] opponents = new Opponent[able.size()];
        try {
            Files.createDirectories(folder);
            Path file = Files.createTempFile(folder, "task", null);
            try {
                for (Task task : tasks) {
                    task.write(file);
                    List<Lane> lanes = new ArrayList<>();
                    for (int i = 0; i < opponents.length; i++) {
                        Optional<Lane> lane = enter(able.get(i), threads, task, file, opponents, i);
                        lane.ifPresent(lanes::add);
                    }
                    keepEqual(task, lanes);
                    take(lanes, opponents);
                    report.accept(lanes);
                }
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            for (Opponent opponent : opponents) {
                if (opponent != null) {
                    opponent.close();
                }
            }
        }
    }

    /// Prepares an entrant, in its process of before or a new one, and lets it do the first runs.
    private Optional<Lane> enter(
            Entrant entrant, int threads, Task task, Path file, @Nullable Opponent[] opponents, int index)
            throws IOException {
        for (int attempt = 1;; attempt++) {
            try {
                Opponent opponent = opponents[index];
                if (opponent == null) {
                    opponent = Opponent.start(entrant, threads, entrant.classPath(benchmarks), folder);
                    opponents[index] = opponent;
                }
                String who = opponent.ask("who") + entrant.suffix();
                if (opponent.ask("prepare " + file).equals("no")) {
                    warnings.accept(task.name() + ": " + who + " has no such thing and is left out");
                    return Optional.empty();
                }
                double[] results = Lane.numbers(opponent.ask("results " + RESULTS));
                return Optional.of(new Lane(entrant, opponent, who, results));
            } catch (IOException e) {
                Objects.requireNonNull(opponents[index]).close();
                opponents[index] = null;
                if (attempt == ATTEMPTS) {
                    warnings.accept(task.name() + ": " + entrant.label() + " is left out: " + e.getMessage());
                    return Optional.empty();
                }
            }
        }
    }

    /// Leaves out who computes something else.
    private void keepEqual(Task task, List<Lane> lanes) {
        Lane ours = lanes.stream()
                .filter(Lane::isOurs)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nnlang itself did not run"));
        lanes.removeIf(lane -> {
            double worst = 0;
            for (int i = 0; i < RESULTS; i++) {
                double expected = ours.results()[i];
                worst = Math.max(worst, Math.abs(lane.results()[i] - expected) / Math.abs(expected));
            }
            if (worst <= TOLERANCE) {
                return false;
            }
            warnings.accept(task.name() + ": " + lane.who()
                    + " computes something else and is left out: it gets "
                    + Arrays.toString(lane.results()) + ", nnlang "
                    + Arrays.toString(ours.results()));
            return true;
        });
    }

    /// Warms everyone up and measures them in turns. Who ends on the way is left out.
    private void take(List<Lane> lanes, @Nullable Opponent[] opponents) throws IOException {
        for (Lane lane : List.copyOf(lanes)) {
            ask(lane, "warm " + warmSeconds, lanes, opponents);
        }
        for (int turn = 0; turn < TURNS; turn++) {
            for (Lane lane : List.copyOf(lanes)) {
                pause();
                double peak = Machine.fmaPeak();
                ask(lane, "measure " + seconds / TURNS, lanes, opponents).ifPresent(answer -> lane.add(answer, peak));
            }
        }
    }

    private Optional<String> ask(Lane lane, String command, List<Lane> lanes, @Nullable Opponent[] opponents)
            throws IOException {
        try {
            return Optional.of(lane.opponent().ask(command));
        } catch (IOException e) {
            if (lane.isOurs()) {
                throw e;
            }
            warnings.accept(lane.who() + " is left out: " + e.getMessage());
            lanes.remove(lane);
            int index = Arrays.asList(opponents).indexOf(lane.opponent());
            lane.opponent().close();
            opponents[index] = null;
            return Optional.empty();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
