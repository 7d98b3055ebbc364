import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Puts the distribution together: a JDK of the modules that nn needs, the jars, the launcher, samples, licences and caches.
///
/// `java Distribution.java REPOSITORY JARS IMAGE TIME`
final class Distribution {
    /// What no module descriptor asks for: kernels are faster with the first, JLine catches Ctrl-C by the second, and by the third it is
    /// known when vector code has been compiled.
    private static final List<String> OPTIONAL =
            List.of("jdk.incubator.vector", "jdk.unsupported", "jdk.management");

    private static final String MAIN = "org.nnlang.cli.Main";

    private static final List<String> NAMED =
            List.of("--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED");

    /// Named at the start, the module of vectors costs the JVM its archived modules, and a line of warning. So it is brought in later,
    /// where this JDK lets us; `build/prepare` says more.
    private static final List<String> LATE = List.of(
            "--add-exports", "java.base/jdk.internal.module=ALL-UNNAMED", "-XX:+UnlockExperimentalVMOptions",
            "-XX:+EnableVectorSupport", "--enable-native-access=ALL-UNNAMED");

    /// For what is done while a cache is made that serves with [#LATE]: classes of vectors have no module yet when it is read.
    private static final String REHEARSED = "-Dnnlang.vectors=off";

    private final Path repository;
    private final Path jars;
    private final Path image;
    private List<String> vectors = NAMED;

    private Distribution(Path repository, Path jars, Path image) {
        this.repository = repository;
        this.jars = jars;
        this.image = image;
    }

    static void main(String[] arguments) throws IOException, InterruptedException {
        new Distribution(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]).toAbsolutePath())
                .build(FileTime.from(Instant.parse(arguments[3])));
    }

    private void build(FileTime time) throws IOException, InterruptedException {
        delete(image);
        Files.createDirectories(image);
        link(image.resolve("jdk"));
        copy(repository.resolve("dist/src/files"), image);
        copy(jars, image.resolve("lib"));
        for (String sample : List.of("digits", "iris")) {
            copy(repository.resolve("samples").resolve(sample), image.resolve("samples").resolve(sample));
        }
        Files.copy(repository.resolve("LICENSE"), image.resolve("LICENSE"));
        if (new String(run(LATE, MAIN, "doctor"), StandardCharsets.UTF_8).contains("\nvectors: yes")) {
            vectors = LATE;
        }
        writeLauncher();
        Files.createDirectories(image.resolve("completion"));
        Files.write(image.resolve("completion/nn"), run(List.of(), MAIN, "generate-completion"));
        // The JVM takes a cache only for jars of the times that it was made with; the archive keeps these.
        stamp(time);
        makeCaches();
        stamp(time);
    }

    private void link(Path jdk) {
        Set<String> modules = new TreeSet<>(OPTIONAL);
        for (ModuleReference module : ModuleFinder.of(jars).findAll()) {
            module.descriptor().requires().stream()
                    .filter(needed -> !needed.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
                    .map(ModuleDescriptor.Requires::name).filter(name -> name.matches("(java|jdk)\\..*"))
                    .forEach(modules::add);
        }
        int exit = ToolProvider.findFirst("jlink").orElseThrow().run(System.out, System.err,
                "--add-modules", String.join(",", modules), "--output", jdk.toString(),
                "--strip-java-debug-attributes", "--no-header-files", "--no-man-pages", "--compress", "zip-6");
        if (exit != 0) {
            throw new IllegalStateException("jlink failed");
        }
    }

    /// The launcher, with the class path spelled out: a cache goes with one order of jars.
    private void writeLauncher() throws IOException {
        Path launcher = image.resolve("bin/nn");
        Files.writeString(launcher, Files.readString(launcher).replace("@classPath@", classPath("$home"))
                .replace("@vectors@", String.join(" ", vectors)));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String classPath(String home) throws IOException {
        try (Stream<Path> files = Files.list(image.resolve("lib"))) {
            return files.map(file -> home + "/lib/" + file.getFileName()).sorted().collect(Collectors.joining(":"));
        }
    }

    /// An ahead-of-time cache more than halves the start. Each kind of command has its own, as they differ in flags.
    private void makeCaches() throws IOException, InterruptedException {
        Files.createDirectories(image.resolve("cache"));
        String digits = image.resolve("samples/digits/digits.nn").toString();
        Path out = Files.createTempDirectory("digits");
        run(cached("check", List.of("-XX:TieredStopAtLevel=1")), MAIN, "check", digits);
        List<String> training = rehearsed("train");
        training.add("-Dnn.cache=" + out.resolve("cache"));
        run(training, "org.nnlang.cli.Rehearsal", "train", digits, "--epochs", "2", "--output", out.toString());
        run(rehearsed("repl"), MAIN, "repl", "--interactive");
        delete(out);
    }

    private List<String> rehearsed(String name) {
        List<String> all = cached(name, vectors);
        if (vectors.equals(LATE)) {
            all.add(REHEARSED);
        }
        return all;
    }

    private List<String> cached(String name, List<String> flags) {
        List<String> all = new ArrayList<>(
                List.of("-XX:+UseSerialGC", "-Xlog:disable",
                        "-XX:AOTCacheOutput=" + image.resolve("cache/" + name + ".aot")));
        all.addAll(flags);
        return all;
    }

    /// Runs nn with the image's JDK, and gives what it prints.
    private byte[] run(List<String> flags, String main, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(image.resolve("jdk/bin/java").toString()));
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath(image.toString()), main));
        command.addAll(List.of(arguments));
        Path errors = Files.createTempFile("nn", ".log");
        var builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().put("NN_HISTORY", Files.createTempFile("nn", ".history").toString());
        Process process = builder.start();
        try (var typed = process.outputWriter()) {
            typed.write("val x = normal([4, 3])\nval m = Dense(2, relu)\nm(x) |> sum\n:type x\nfoo\n");
        } catch (IOException _) {
            // It reads nothing, and is done already.
        }
        byte[] printed = process.getInputStream().readAllBytes();
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed: " + Files.readString(errors));
        }
        Files.delete(errors);
        return printed;
    }

    private void stamp(FileTime time) throws IOException {
        try (Stream<Path> files = Files.walk(image)) {
            for (Path file : files.filter(file -> !Files.isSymbolicLink(file)).toList()) {
                Files.setLastModifiedTime(file, time);
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
