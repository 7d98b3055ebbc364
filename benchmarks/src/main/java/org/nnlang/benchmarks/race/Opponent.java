package org.nnlang.benchmarks.race;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// An entrant's process, seen from outside.
final class Opponent implements AutoCloseable {
    private final Process process;
    private final Path log;
    private final long logBefore;
    private final BufferedWriter commands;
    private final BufferedReader answers;

    private Opponent(Process process, Path log, long logBefore) {
        this.process = process;
        this.log = log;
        this.logBefore = logBefore;
        commands = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /// Starts it.
    ///
    /// @param folder where it starts, and where its native libraries and, in a file, its messages go
    static Opponent start(Entrant entrant, int threads, String classPath, Path folder) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(entrant.options());
        command.add("-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("native"));
        command.addAll(List.of("-cp", classPath, ContenderProcess.class.getName()));
        command.addAll(List.of(entrant.type(), Integer.toString(threads)));
        ProcessBuilder builder = new ProcessBuilder(command);
        Path log = log(folder, entrant);
        long logBefore = Files.exists(log) ? Files.size(log) : 0;
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.directory(folder.toFile());
        Map<String, String> environment = builder.environment();
        // What a machine sets for older versions of it makes OpenBLAS slow.
        environment.remove("OPENBLAS_CORETYPE");
        environment.remove("OPENBLAS_L2_SIZE");
        for (String name : List.of("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")) {
            environment.put(name, Integer.toString(threads));
        }
        environment.put("TF_CPP_MIN_LOG_LEVEL", "2");
        environment.putAll(entrant.environment());
        return new Opponent(builder.start(), log, logBefore);
    }

    /// What it has to complain about.
    static Path log(Path folder, Entrant entrant) {
        return folder.resolve(entrant.fileName() + ".log");
    }

    Process process() {
        return process;
    }

    /// Its answer.
    ///
    /// @throws IOException where it has ended instead
    String ask(String command) throws IOException {
        try {
            commands.write(command);
            commands.write('\n');
            commands.flush();
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                // Native libraries print where they like.
                if (line.startsWith("= ")) {
                    return line.substring(2);
                }
            }
        } catch (IOException _) {
            // It has ended before.
        }
        throw new IOException("its process ended at `" + command + "`" + lastWords() + "; see " + log);
    }

    /// What its messages name as the cause, or the last of them.
    private String lastWords() throws IOException {
        String last = "";
        boolean cause = false;
        for (String line : said()) {
            boolean names = line.startsWith("Exception in thread") || line.startsWith("Caused by: ");
            if (names || !cause && !line.isBlank() && !line.startsWith("WARNING")) {
                last = line;
                cause |= names;
            }
        }
        return last.isEmpty() ? "" : " (" + last.strip() + ")";
    }

    private List<String> said() throws IOException {
        try (InputStream in = Files.newInputStream(log)) {
            in.skipNBytes(logBefore);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
