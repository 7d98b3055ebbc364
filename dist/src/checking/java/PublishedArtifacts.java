import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;

/// Looks into what is about to be published: each artifact with its sources, documentation, licence, module and bill of materials.
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

    static void main(String[] arguments) throws IOException {
        new PublishedArtifacts(Path.of(arguments[0]).toRealPath(), arguments[1]).check();
    }

    private void check() throws IOException {
        pom("bom");
        for (String module : List.of("runtime", "grammar", "compiler", "stdlib", "api", "kotlin", "opencl", "cli")) {
            artifact(module, "nnlang-" + module);
        }
        artifact("maven-plugin", "nn-maven-plugin");
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
