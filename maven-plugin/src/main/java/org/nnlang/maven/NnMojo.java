package org.nnlang.maven;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.apache.maven.artifact.Artifact;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.apache.maven.toolchain.Toolchain;
import org.apache.maven.toolchain.ToolchainManager;
import org.codehaus.plexus.build.BuildContext;
import org.jspecify.annotations.Nullable;

/** What the goals share: where programs are, and how <code>nn</code> is run on them. */
abstract class NnMojo extends AbstractMojo {
    /** The folder of the programs. Its sub-folders name packages of Java. */
    @Parameter(property = "nn.sourceDirectory", defaultValue = "${project.basedir}/src/main/nn")
    private File sourceDirectory = new File("");

    /** Leaves the goal out. */
    @Parameter(property = "nn.skip", defaultValue = "false")
    private boolean skip;

    @Parameter(defaultValue = "${project}", readonly = true, required = true)
    private @Nullable MavenProject project;

    @Parameter(defaultValue = "${session}", readonly = true, required = true)
    private @Nullable MavenSession session;

    @Parameter(defaultValue = "${plugin.artifacts}", readonly = true, required = true)
    private List<Artifact> artifacts = List.of();

    @Inject
    private @Nullable ToolchainManager toolchains;

    @Inject
    private @Nullable BuildContext context;

    /** What a run of <code>nn</code> gave. */
    record Answer(int exit, String out) {}

    @Override
    public final void execute() throws MojoExecutionException, MojoFailureException {
        if (skip) {
            getLog().info("skipped");
            return;
        }
        List<Path> programs = programs();
        if (programs.isEmpty()) {
            getLog().info("no .nn files in " + sourceDirectory);
        }
        run(programs);
    }

    /** Does the goal's work. */
    abstract void run(List<Path> programs) throws MojoExecutionException, MojoFailureException;

    final Path root() {
        return sourceDirectory.toPath();
    }

    final MavenProject project() {
        return present(project);
    }

    final BuildContext context() {
        return present(context);
    }

    /** The jars that <code>nn</code> consists of: this plugin's dependencies. */
    final List<Path> classPath() {
        return artifacts.stream().map(Artifact::getFile).filter(file -> file != null).map(File::toPath).toList();
    }

    /** All programs, sorted. */
    private List<Path> programs() throws MojoExecutionException {
        if (!Files.isDirectory(root())) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(root())) {
            return files.filter(file -> file.toString().endsWith(".nn")).sorted().toList();
        } catch (IOException e) {
            throw new MojoExecutionException(root() + " can't be read", e);
        }
    }

    /** Runs <code>nn</code> in the project's folder, and keeps what it prints. */
    final Answer nn(List<String> options, Object... arguments) throws MojoExecutionException {
        try {
            Process process = start(options, false, arguments);
            String out;
            try (InputStream printed = process.getInputStream()) {
                out = new String(printed.readAllBytes(), StandardCharsets.UTF_8);
            }
            return new Answer(process.waitFor(), out);
        } catch (IOException e) {
            throw new MojoExecutionException("nn can't be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MojoExecutionException("interrupted", e);
        }
    }

    /** Runs <code>nn</code> in the project's folder, and shows what it prints as it comes. */
    final int show(List<String> options, Object... arguments) throws MojoExecutionException {
        try {
            Process process = start(options, true, arguments);
            try (var printed = process.inputReader(StandardCharsets.UTF_8)) {
                printed.lines().forEach(getLog()::info);
            }
            return process.waitFor();
        } catch (IOException e) {
            throw new MojoExecutionException("nn can't be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MojoExecutionException("interrupted", e);
        }
    }

    private Process start(List<String> options, boolean joined, Object... arguments)
            throws IOException, MojoExecutionException {
        List<String> command = new ArrayList<>();
        command.add(jdk().resolve("bin").resolve("java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8"));
        command.addAll(options);
        command.add("-cp");
        command.add(classPath().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        command.add("org.nnlang.cli.Main");
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        getLog().debug(String.join(" ", command));
        var builder = new ProcessBuilder(command).directory(project().getBasedir());
        // What it says to people goes where they read it; what is read stays apart.
        return (joined ? builder.redirectErrorStream(true) : builder.redirectError(ProcessBuilder.Redirect.INHERIT))
                .start();
    }

    private Path jdk() throws MojoExecutionException {
        try {
            return Jdk.here().find(toolchain()).orElseThrow(() -> new MojoExecutionException(Jdk.MISSING));
        } catch (IllegalStateException e) {
            throw new MojoExecutionException(e.getMessage(), e);
        }
    }

    /** The JDK that the build has chosen, else one of 25 that its user has declared. */
    private @Nullable Path toolchain() {
        Toolchain chosen = present(toolchains).getToolchainFromBuildContext("jdk", present(session));
        List<Toolchain> declared =
                present(toolchains).getToolchains(present(session), "jdk", Map.of("version", "25"));
        for (Toolchain toolchain : Stream.concat(Stream.ofNullable(chosen), declared.stream()).toList()) {
            String java = toolchain.findTool("java");
            if (java != null && Files.exists(Path.of(java).resolveSibling("../release"))) {
                return Path.of(java).resolveSibling("..").normalize();
            }
        }
        return null;
    }

    /** Shows mistakes where they are, in an editor or the log, and says how many errors there are. */
    final int report(List<Path> programs, List<Finding> findings) {
        Map<Path, File> files = new LinkedHashMap<>();
        programs.forEach(program -> {
            files.put(program.toAbsolutePath().normalize(), program.toFile());
            context().removeMessages(program.toFile());
        });
        int errors = 0;
        for (Finding finding : findings) {
            errors += finding.error() ? 1 : 0;
            Path path = project().getBasedir().toPath().resolve(finding.file()).toAbsolutePath().normalize();
            File file = files.getOrDefault(path, path.toFile());
            context().addMessage(
                    file, finding.line(), finding.column(), finding.message(),
                    finding.error() ? BuildContext.SEVERITY_ERROR : BuildContext.SEVERITY_WARNING, null);
        }
        return errors;
    }

    /** Fails the build where there are errors. */
    static void fail(int errors) throws MojoFailureException {
        if (errors > 0) {
            throw new MojoFailureException(
                    errors == 1 ? "1 error in a .nn program" : errors + " errors in .nn programs");
        }
    }

    /** Options for what computes. */
    static List<String> computing() {
        return List.of("--add-modules", "jdk.incubator.vector");
    }

    private static <T> T present(@Nullable T component) {
        if (component == null) {
            throw new IllegalStateException("Maven has not set a component");
        }
        return component;
    }

}
