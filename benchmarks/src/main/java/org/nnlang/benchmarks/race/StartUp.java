package org.nnlang.benchmarks.race;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// How long a user waits for the first step of a training: from the start of a process to the end of that step, after one
/// start that is not counted, because libraries unpack themselves and files come into the system's cache then.
public final class StartUp {
    private static final int STARTS = 7;

    private final Path home;
    private final Path benchmarks;
    private final Path folder;
    private final Path data;
    private final Task task;
    private final Consumer<String> warnings;

    /// What one entrant took.
    ///
    /// @param wallMs of each start, the shortest first
    /// @param cpuMs processor time until then, of the start in the middle
    /// @param downloadBytes of all jars, the JDK aside
    public record Start(String who, List<Double> wallMs, double cpuMs, long downloadBytes) {
        public Start {
            wallMs = List.copyOf(wallMs);
        }
    }

    private record Sample(double wallMs, double cpuMs) {}

    /// @param home of the repository, whose `nn` is started
    /// @param data a folder with the source and its data
    /// @param task the same for others
    public StartUp(Path home, Path data, Task task, Consumer<String> warnings) {
        this.home = home;
        benchmarks = home.resolve("benchmarks");
        folder = Race.folder(benchmarks);
        this.data = data;
        this.task = task;
        this.warnings = warnings;
    }

    /// Starts everyone in turns.
    public List<Start> run(boolean rivals) throws IOException {
        Files.createDirectories(folder);
        Map<Entrant, List<Sample>> samples = new LinkedHashMap<>();
        Map<Entrant, String> names = new LinkedHashMap<>();
        List<Entrant> entrants = new ArrayList<>(List.of(Entrant.ours()));
        if (rivals) {
            entrants.addAll(Entrant.starters());
        }
        Path file = Files.createTempFile(folder, "task", null);
        try {
            task.write(file);
            for (int round = 0; round <= STARTS; round++) {
                for (Entrant entrant : entrants) {
                    try {
                        Sample sample = entrant.isOurs() ? ours() : theirs(entrant, file, names);
                        if (round > 0) {
                            samples.computeIfAbsent(entrant, _ -> new ArrayList<>()).add(sample);
                        }
                    } catch (IOException e) {
                        // In the first round a native library may crash while it unpacks itself.
                        if (round > 0) {
                            warnings.accept(entrant.label() + ": " + e.getMessage());
                        }
                    }
                }
            }
        } finally {
            Files.delete(file);
        }
        List<Start> starts = new ArrayList<>();
        samples.forEach((entrant, all) -> {
            all.sort((a, b) -> Double.compare(a.wallMs(), b.wallMs()));
            starts.add(new Start(
                    names.getOrDefault(entrant, "nnlang"),
                    all.stream().map(Sample::wallMs).toList(),
                    all.get(all.size() / 2).cpuMs(),
                    download(entrant)));
        });
        return starts;
    }

    private Path log(Entrant entrant) {
        return Opponent.log(folder, entrant);
    }

    /// `nn train`, as a user types it.
    private Sample ours() throws IOException {
        Path nn = home.resolve(File.separatorChar == '\\' ? "nn.cmd" : "nn");
        ProcessBuilder builder = new ProcessBuilder(
                nn.toString(), "train", "W2.nn", "--threads", "1", "--set", "steps=1", "--json");
        builder.directory(data.toFile());
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log(Entrant.ours()).toFile()));
        long start = System.nanoTime();
        Process process = builder.start();
        try (var lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.contains("\"event\":\"done\"")) {
                    return new Sample((System.nanoTime() - start) * 1e-6, cpuMs(process));
                }
            }
            throw new IOException("nn train did not do its step; see " + log(Entrant.ours()));
        } finally {
            process.destroy();
        }
    }

    private Sample theirs(Entrant entrant, Path file, Map<Entrant, String> names) throws IOException {
        long start = System.nanoTime();
        try (Opponent opponent =
                Opponent.start(entrant, 1, entrant.classPath(benchmarks), folder)) {
            if (opponent.ask("prepare " + file).equals("no")) {
                throw new IOException("it has no such network");
            }
            opponent.ask("results 1");
            Sample sample = new Sample((System.nanoTime() - start) * 1e-6, cpuMs(opponent.process()));
            names.put(entrant, opponent.ask("who"));
            return sample;
        }
    }

    private static double cpuMs(Process process) {
        return process.info().totalCpuDuration().map(Duration::toMillis).orElse(0L);
    }

    /// The jars that a program needs to use it.
    private long download(Entrant entrant) {
        if (entrant.isOurs()) {
            Path target = home.resolve("cli").resolve("target");
            return jars(target, List.of("nnlang-cli-")) + jars(target.resolve("lib"), List.of(""));
        }
        return jars(entrant.lib(benchmarks), entrant.jars());
    }

    /// The bytes of a folder's jars whose names begin in one of some ways.
    private static long jars(Path folder, List<String> starts) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(Path::toFile)
                    .filter(file -> file.getName().endsWith(".jar"))
                    // One build for one machine, where there are several.
                    .filter(file -> !file.getName().contains("-avx"))
                    .filter(file -> starts.stream().anyMatch(file.getName()::startsWith))
                    .mapToLong(File::length)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
