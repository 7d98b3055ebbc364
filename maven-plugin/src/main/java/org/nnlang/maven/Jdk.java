package org.nnlang.maven;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds a JDK 25, in the places where the <code>nn</code> command looks. */
final class Jdk {
    private static final Pattern VERSION = Pattern.compile("^JAVA_VERSION=\"25([.+-].*)?\"\\s*$", Pattern.MULTILINE);

    /** What to do where none was found. */
    static final String MISSING = "nn needs a JDK 25 and found none: install one, or set NN_JAVA_HOME to its folder";

    private static final List<String> FOLDERS = List.of(
            "/usr/lib/jvm", "/usr/lib64/jvm", "/usr/java", "/usr/jdk", "/usr/local/java", "/opt", "/opt/java",
            "~/.sdkman/candidates/java", "~/.jdks", "~/.jbang/cache/jdks", "~/.asdf/installs/java",
            "~/.local/share/mise/installs/java", "~/.gradle/jdks", "/Library/Java/JavaVirtualMachines",
            "~/Library/Java/JavaVirtualMachines", "/opt/homebrew/opt", "/usr/local/opt", "C:/Program Files/Java",
            "C:/Program Files/Eclipse Adoptium", "C:/Program Files/Microsoft", "C:/Program Files/Zulu",
            "C:/Program Files/Amazon Corretto", "C:/Program Files/BellSoft", "C:/Program Files/OpenJDK");

    /** Where a folder of those holds its JDK: in itself, on macOS deeper, and where Homebrew keeps it. */
    private static final List<String> INSIDE = List.of("", "Contents/Home", "libexec/openjdk.jdk/Contents/Home");

    private final Map<String, String> environment;
    private final Path userHome;
    private final Path javaHome;
    private final List<String> folders;

    Jdk(Map<String, String> environment, Path userHome, Path javaHome) {
        this(environment, userHome, javaHome, FOLDERS);
    }

    Jdk(Map<String, String> environment, Path userHome, Path javaHome, List<String> folders) {
        this.environment = environment;
        this.userHome = userHome;
        this.javaHome = javaHome;
        this.folders = folders;
    }

    /** The one that runs Maven and what surrounds it. */
    static Jdk here() {
        return new Jdk(
                System.getenv(), Path.of(System.getProperty("user.home")), Path.of(System.getProperty("java.home")));
    }

    /**
     * The folder of a JDK 25.
     *
     * @param toolchain what the build's toolchains offer, or null
     * @throws IllegalStateException where NN_JAVA_HOME is set and is none
     */
    Optional<Path> find(@Nullable Path toolchain) {
        String chosen = environment.get("NN_JAVA_HOME");
        if (chosen != null && !chosen.isEmpty()) {
            if (is25(Path.of(chosen))) {
                return Optional.of(Path.of(chosen));
            }
            throw new IllegalStateException(
                    "NN_JAVA_HOME is " + chosen + ", which holds no JDK 25: set it to the folder of one, or unset it");
        }
        return candidates(toolchain).filter(Jdk::is25).findFirst();
    }

    private Stream<Path> candidates(@Nullable Path toolchain) {
        List<Path> first = new ArrayList<>();
        if (toolchain != null) {
            first.add(toolchain);
        }
        first.add(javaHome);
        for (String variable : List.of("JAVA_HOME", "JAVA25_HOME")) {
            String home = environment.get(variable);
            if (home != null && !home.isEmpty()) {
                first.add(Path.of(home));
            }
        }
        return Stream.concat(
                first.stream(),
                folders.stream().map(folder -> folder.replaceFirst("^~", userHome.toString().replace("\\", "/")))
                        .flatMap(folder -> inside(Path.of(folder))));
    }

    /** The folders in a folder that may be a JDK. */
    private static Stream<Path> inside(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().flatMap(file -> INSIDE.stream().map(file::resolve)).toList().stream();
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    private static boolean is25(Path home) {
        boolean java = Files.exists(home.resolve("bin/java")) || Files.exists(home.resolve("bin/java.exe"));
        try {
            return java && VERSION.matcher(Files.readString(home.resolve("release"))).find();
        } catch (IOException e) {
            return false;
        }
    }
}
