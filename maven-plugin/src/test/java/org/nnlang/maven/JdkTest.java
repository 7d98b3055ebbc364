package org.nnlang.maven;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdkTest {
    @TempDir
    private Path folder;

    private Path jdk(String name, String version) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        Files.createFile(Files.createDirectories(home.resolve("bin")).resolve("java"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private Optional<Path> found(Map<String, String> environment, Path javaHome, String... folders) {
        return new Jdk(environment, folder, javaHome, List.of(folders)).find(null);
    }

    @Test
    void theFirstJdk25IsTaken() throws IOException {
        Path old = jdk("17", "17.0.15");
        Path far = jdk("folders/b-25", "25");
        Path near = jdk("near", "25.0.1");
        assertEquals(Optional.of(near), found(Map.of("JAVA_HOME", near.toString()), old, folder + "/folders"));
        assertEquals(Optional.of(far), found(Map.of("JAVA_HOME", ""), old, folder + "/none", folder + "/folders"));
        assertEquals(Optional.of(far), found(Map.of("JAVA25_HOME", old.toString()), old, "~/folders"));
        assertEquals(Optional.of(near), found(Map.of("NN_JAVA_HOME", near.toString()), far));
        assertEquals(Optional.of(far), new Jdk(Map.of(), folder, near, List.of()).find(far), "a toolchain comes first");
        assertEquals(Optional.empty(), found(Map.of(), old));
    }

    @Test
    void macKeepsItDeeper() throws IOException {
        Path mac = jdk("Library/temurin-25.jdk/Contents/Home", "25-ea");
        assertEquals(Optional.of(mac), found(Map.of(), folder.resolve("none"), folder + "/Library"));
        Path brewed = jdk("opt/openjdk@25/libexec/openjdk.jdk/Contents/Home", "25.0.1");
        assertEquals(Optional.of(brewed), found(Map.of(), folder.resolve("none"), folder + "/opt"));
    }

    @Test
    void otherVersionsAreNot25() throws IOException {
        for (String version : List.of("2.5", "250", "17.0.25", "26", "24.0.2")) {
            assertEquals(Optional.empty(), found(Map.of(), jdk(version, version)), version);
        }
    }

    @Test
    void oneThatWasChosenMustBeOne() throws IOException {
        Path old = jdk("21", "21");
        var wrong = assertThrows(
                IllegalStateException.class, () -> found(Map.of("NN_JAVA_HOME", old.toString()), jdk("25", "25")));
        assertTrue(wrong.getMessage().endsWith("21, which holds no JDK 25: set it to the folder of one, or unset it"),
                wrong::getMessage);
    }
}
