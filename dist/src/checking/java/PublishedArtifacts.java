import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/// Looks into what is about to be published: each artifact with its sources, documentation, licence, module and bill of materials; and
/// tries the distribution.
///
/// `java PublishedArtifacts.java REPOSITORY VERSION`
final class PublishedArtifacts {
    /// Kotlin's compiler writes no module descriptor, and Maven loads plugins from the class path.
    private static final Set<String> AUTOMATIC = Set.of("org.nnlang.kotlin", "org.nnlang.maven");

    private final Path repository;
    private final String version;
    private final List<String> problems = new ArrayList<>();

    private PublishedArtifacts(Path repository, String version) {
        this.repository = repository;
        this.version = version;
    }

    static void main(String[] arguments) throws IOException, InterruptedException {
        new PublishedArtifacts(Path.of(arguments[0]).toRealPath(), arguments[1]).check();
    }

    private void check() throws IOException, InterruptedException {
        pom("bom");
        for (String module : List.of("runtime", "grammar", "compiler", "stdlib", "api", "lsp", "kotlin", "opencl",
                "cli")) {
            artifact(module, "nnlang-" + module);
        }
        artifact("maven-plugin", "nn-maven-plugin");
        distribution();
        problems.forEach(System.err::println);
        if (!problems.isEmpty()) {
            throw new IllegalStateException(problems.size() + " problems, told above");
        }
    }

    private void artifact(String folder, String name) throws IOException {
        pom(folder);
        Path target = repository.resolve(folder).resolve("target");
        String base = name + "-" + version;
        Path jar = target.resolve(base + ".jar");
        Set<String> classes = entries(jar);
        Set<String> sources = entries(target.resolve(base + "-sources.jar"));
        Set<String> documentation = entries(target.resolve(base + "-javadoc.jar"));
        Path bill = target.resolve(base + "-cyclonedx.json");
        require(Files.exists(bill) && Files.readString(bill).contains("\"bomFormat\" : \"CycloneDX\""),
                bill + " is no bill of materials");
        if (classes.isEmpty() || sources.isEmpty() || documentation.isEmpty()) {
            return;
        }
        require(same(jar, "META-INF/LICENSE"), jar + " lacks META-INF/LICENSE");
        require(sources.contains("META-INF/LICENSE"), base + "-sources.jar lacks META-INF/LICENSE");
        require(documentation.contains("index.html"), base + "-javadoc.jar lacks index.html");
        for (String entry : classes) {
            if (entry.endsWith(".class") && !entry.contains("$")) {
                String source = entry.replaceFirst("(Kt)?\\.class$", "");
                require(sources.contains(source + ".java")
                        || !sources.stream().filter(path -> path.endsWith(".kt")).toList().isEmpty(),
                        base + "-sources.jar lacks the source of " + entry);
                require(entry.startsWith("org/nnlang/") || entry.equals("module-info.class"),
                        jar + " carries " + entry);
            }
        }
        ModuleDescriptor module = ModuleFinder.of(jar).findAll().iterator().next().descriptor();
        require(module.name().equals("org.nnlang") || module.name().startsWith("org.nnlang."),
                jar + " is the module " + module.name());
        require(module.isAutomatic() == AUTOMATIC.contains(module.name()),
                jar + (module.isAutomatic() ? " lacks a module descriptor" : " has a module descriptor"));
        for (ModuleDescriptor.Exports exported : module.exports()) {
            String page = exported.source().replace('.', '/') + "/package-summary.html";
            require(exported.isQualified() || documentation.stream().anyMatch(path -> path.endsWith(page)),
                    base + "-javadoc.jar lacks the package " + exported.source());
        }
        System.out.printf("%s: %s%s, %,d KB; sources %,d KB, documentation %,d KB%n", base + ".jar",
                module.isAutomatic() ? "automatic module " : "module ", module.name(), Files.size(jar) / 1000,
                Files.size(target.resolve(base + "-sources.jar")) / 1000,
                Files.size(target.resolve(base + "-javadoc.jar")) / 1000);
    }

    /// The archive, unpacked elsewhere, where neither Java nor anything else is on the path. Its caches must serve there, too.
    private void distribution() throws IOException, InterruptedException {
        Path archive;
        try (Stream<Path> files = Files.list(repository.resolve("dist/target"))) {
            archive = files.filter(file -> file.toString().endsWith(".tar.gz")).findFirst().orElse(null);
        }
        if (archive == null) {
            problems.add("dist/target holds no archive");
            return;
        }
        Path folder = Files.createTempDirectory("with a blank ");
        try {
            said(folder, "/usr/bin/env", "tar", "-xzf", archive.toString());
            Path image = folder.resolve("nnlang-" + version);
            String nn = image.resolve("bin/nn").toString();
            Path iris = image.resolve("samples/iris/iris.nn");
            requireSaid("nn " + version, said(image, nn, "--version"));
            requireSaid(": no mistakes", said(image, nn, "check", iris.toString()));
            requireSaid("done after", said(folder, nn, "train", iris.toString(), "--epochs", "3"));
            requireSaid("Int = 2", said(folder, nn, "repl"));
            require(Files.readString(image.resolve("completion/nn")).contains("complete -F"), "there is no completion");
            System.out.printf("%s: unpacked and tried, %,d KB%n", archive.getFileName(), Files.size(archive) / 1000);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private void requireSaid(String what, String said) {
        require(said.contains(what) && !said.contains("WARNING"),
                "the distribution does not say `" + what + "`, but: " + said);
    }

    /// What a command prints that reads `1 + 1`.
    private static String said(Path folder, String... command) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        if (!command[0].equals("/usr/bin/env")) {
            builder.environment().clear();
            builder.environment().putAll(Map.of("PATH", "", "HOME", folder.toString(), "NN_OPTS", "-XX:AOTMode=on"));
        }
        Process process = builder.start();
        try (var typed = process.outputWriter()) {
            typed.write("1 + 1\n");
        } catch (IOException _) {
            // It reads nothing, and is done already.
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? said : String.join(" ", command) + " failed: " + said;
    }

    /// What Maven Central asks of a POM: in it, or in its parent.
    private void pom(String folder) throws IOException {
        String pom = Files.readString(repository.resolve(folder).resolve("pom.xml"));
        String parent = pom.contains("<parent>") ? Files.readString(repository.resolve("pom.xml")) : pom;
        for (String element : List.of("name", "description")) {
            require(Pattern.compile("(?m)^  <" + element + ">\\S").matcher(pom).find(),
                    folder + "/pom.xml lacks <" + element + ">");
        }
        for (String element : List.of("url", "licenses", "developers", "scm")) {
            require(Pattern.compile("(?m)^  <" + element + "[ >]").matcher(parent).find(),
                    folder + "/pom.xml lacks <" + element + ">");
        }
        require(pom.contains("<version>" + version + "</version>"), folder + "/pom.xml is of another version");
    }

    private boolean same(Path jar, String entry) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            ZipEntry found = file.getEntry(entry);
            return found != null && new String(file.getInputStream(found).readAllBytes(), StandardCharsets.UTF_8)
                    .equals(Files.readString(repository.resolve("LICENSE")));
        }
    }

    private Set<String> entries(Path jar) throws IOException {
        if (!Files.exists(jar)) {
            problems.add("there is no " + jar);
            return Set.of();
        }
        try (var file = new JarFile(jar.toFile())) {
            return file.stream().map(ZipEntry::getName).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private void require(boolean holds, String problem) {
        if (!holds) {
            problems.add(problem);
        }
    }
}
