package org.nnlang.maven;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.maven.model.Resource;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Makes a typed Java class of each closed model: one whose sizes are all known, but those of its inputs. The class is
 * called like the model, and lies in the package that the program's folder names: <code>src/main/nn/com/example/iris.nn</code>
 * makes <code>com.example.Iris</code>. It needs the runtime alone. Does nothing where nothing has changed.
 */
@Mojo(name = "compile", defaultPhase = LifecyclePhase.GENERATE_SOURCES, threadSafe = true)
public final class CompileMojo extends NnMojo {
    /** The package of programs that lie in the source folder itself; the project's group, unless given. */
    @Parameter(property = "nn.package")
    private String packageName = "";

    /**
     * Checkpoints to package with models, by the model's name: a file, or the folder of a training's. A file
     * <code>Iris.safetensors</code> beside a program is packaged with its model <code>Iris</code> without being named here.
     */
    @Parameter
    private Map<String, File> weights = new LinkedHashMap<>();

    /** Where the .java files go. */
    @Parameter(defaultValue = "${project.build.directory}/generated-sources/nn")
    private File generatedSources = new File("");

    /** Where compiled models go; they are resources of the project. */
    @Parameter(defaultValue = "${project.build.directory}/generated-resources/nn")
    private File generatedResources = new File("");

    /** Where is kept what was made from what. */
    @Parameter(defaultValue = "${project.build.directory}/nn", readonly = true)
    private File state = new File("");

    @Override
    void run(List<Path> programs) throws MojoExecutionException, MojoFailureException {
        project().addCompileSourceRoot(generatedSources.getPath());
        Resource resource = new Resource();
        resource.setDirectory(generatedResources.getPath());
        project().addResource(resource);
        try {
            Fingerprint fingerprint = fingerprint(programs);
            if (fingerprint.isThatOf(state.toPath().resolve("fingerprint"))) {
                getLog().info("nothing to compile - all classes are up to date");
                return;
            }
            Files.deleteIfExists(state.toPath().resolve("fingerprint"));
            Path fresh = Files.createDirectories(state.toPath()).resolve("fresh");
            Folders.delete(fresh);
            if (!programs.isEmpty()) {
                bind(programs, fresh);
            }
            sync(fresh.resolve("java"), generatedSources.toPath());
            sync(fresh.resolve("resources"), generatedResources.toPath());
            Folders.delete(fresh);
            fingerprint.with(made()).writeTo(state.toPath().resolve("fingerprint"));
        } catch (IOException e) {
            throw new MojoExecutionException("a file can't be read or written: " + e.getMessage(), e);
        }
    }

    private void bind(List<Path> programs, Path fresh) throws MojoExecutionException, MojoFailureException {
        List<Object> arguments = new ArrayList<>(List.of(
                "bind", "--format", "json", "--root", root(), "--package", packageOfRoot(), "--sources",
                fresh.resolve("java"), "--resources", fresh.resolve("resources")));
        weights.forEach((model, file) -> {
            arguments.add("--weights");
            arguments.add(model + "=" + file);
        });
        for (Map.Entry<String, File> given : weights.entrySet()) {
            if (!given.getValue().exists()) {
                throw new MojoFailureException("there are no weights for " + given.getKey() + " at " + given.getValue()
                        + ": train them with `mvn nn:train`, or name another place in <weights>");
            }
        }
        arguments.addAll(programs);
        JsonObject answer = CheckMojo.json(nn(List.of("-XX:TieredStopAtLevel=1"), arguments.toArray()));
        fail(report(programs, Finding.all(answer)));
        for (JsonElement model : answer.getAsJsonArray("models")) {
            getLog().info("compiled " + model.getAsString());
        }
        answer.getAsJsonObject("templates").entrySet()
                .forEach(left -> getLog().info("left out " + left.getKey() + ": " + left.getValue().getAsString()));
    }

    private String packageOfRoot() {
        return packageName.isEmpty() ? project().getGroupId().replaceAll("[^\\w.]", "_") : packageName;
    }

    /** All that the result depends on. */
    private Fingerprint fingerprint(List<Path> programs) throws IOException {
        Fingerprint fingerprint = new Fingerprint();
        fingerprint.text("package", packageOfRoot());
        fingerprint.text("root", root().toString());
        for (Path jar : classPath()) {
            fingerprint.file(String.valueOf(jar.getFileName()), jar);
        }
        for (Path program : programs) {
            fingerprint.file(root().relativize(program).toString(), program);
        }
        if (Files.isDirectory(root())) {
            try (Stream<Path> files = Files.walk(root())) {
                for (Path file : files.filter(path -> path.toString().endsWith(".safetensors")).sorted().toList()) {
                    fingerprint.file(root().relativize(file).toString(), file);
                }
            }
        }
        for (Map.Entry<String, File> given : weights.entrySet()) {
            Path path = given.getValue().toPath();
            for (Path file : List.of(path, path.resolve("best.safetensors"), path.resolve("last.safetensors"))) {
                if (Files.isRegularFile(file)) {
                    fingerprint.file("weights " + given.getKey() + " " + file, file);
                }
            }
        }
        return fingerprint;
    }

    /** What lies in the generated folders: where one was deleted, it is made again. */
    private List<Path> made() throws IOException {
        List<Path> made = new ArrayList<>(Folders.files(generatedSources.toPath()));
        made.addAll(Folders.files(generatedResources.toPath()));
        return made;
    }

    /** Makes a folder like another, and leaves files alone that are the same. */
    private void sync(Path fresh, Path folder) throws IOException {
        TreeSet<Path> gone = new TreeSet<>();
        for (Path file : Folders.files(folder)) {
            gone.add(folder.relativize(file));
        }
        for (Path file : Folders.files(fresh)) {
            Path path = fresh.relativize(file);
            gone.remove(path);
            Path to = folder.resolve(path);
            if (!Files.exists(to) || Files.mismatch(file, to) >= 0) {
                Files.createDirectories(to.getParent());
                Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
                context().refresh(to.toFile());
            }
        }
        for (Path path : gone) {
            Files.delete(folder.resolve(path));
            context().refresh(folder.resolve(path).toFile());
        }
    }
}
