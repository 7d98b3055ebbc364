import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Writes a Maven module's documentation with the JDK that runs this. (maven-javadoc-plugin asks Maven's own JDK, perhaps an old one, to
/// read module descriptors.)
///
/// `java Documentation.java REPOSITORY MODULE CLASSPATH NAME`
final class Documentation {
    private Documentation() {}

    static void main(String[] arguments) throws IOException {
        Path repository = Path.of(arguments[0]);
        Path module = Path.of(arguments[1]);
        String libraries = arguments[2];
        Path pages = module.resolve("target/reports/apidocs");
        delete(pages);
        List<Path> files = new ArrayList<>();
        for (String root : List.of("src/main/java", "target/generated-sources/antlr4", "target/generated-sources/plugin")) {
            if (Files.isDirectory(module.resolve(root))) {
                try (Stream<Path> found = Files.walk(module.resolve(root))) {
                    found.filter(file -> file.toString().endsWith(".java")).sorted().forEach(files::add);
                }
            }
        }
        if (files.isEmpty()) {
            return;
        }
        boolean modular = Files.exists(module.resolve("src/main/java/module-info.java"));
        // What has no comment has a name that says it. What has one is right: its links lead somewhere, its tags fit.
        List<String> options = new ArrayList<>(List.of(
                "-d", pages.toString(), "-quiet", "-Xdoclint:all,-missing", "-notimestamp", "--no-fonts", "-encoding", "UTF-8",
                "-docencoding", "UTF-8", "-charset", "UTF-8", "-locale", "en", "-windowtitle", arguments[3], "-doctitle", arguments[3],
                modular ? "--module-path" : "--class-path", libraries));
        if (modular) {
            options.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        }
        files.forEach(file -> options.add(file.toString()));
        var said = new StringWriter();
        var printer = new PrintWriter(said);
        int exit = ToolProvider.findFirst("javadoc").orElseThrow().run(printer, printer, options.toArray(String[]::new));
        // A warning is an error; but that a module is in incubation cannot be helped, and no option of javadoc hides it.
        String report = said.toString().lines().filter(line -> !line.matches("warning: \\[incubating].*|\\d+ warnings?"))
                .collect(Collectors.joining("\n"));
        System.err.println(report);
        if (exit != 0 || report.contains("warning:")) {
            System.exit(1);
        }
        Files.createDirectories(pages.resolve("META-INF"));
        Files.copy(repository.resolve("LICENSE"), pages.resolve("META-INF/LICENSE"));
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
