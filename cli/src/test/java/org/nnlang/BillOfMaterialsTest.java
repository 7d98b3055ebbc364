package org.nnlang;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.nnlang.cli.Repository;

/// The POM that users import names every library that is published, at the version of the build.
class BillOfMaterialsTest {
    private static final Pattern VERSION =
            Pattern.compile("(?m)^  <version>(.+)</version>|^    <version>(.+)</version>\\R  </parent>");
    private static final Pattern ARTIFACT = Pattern.compile("(?m)^  <artifactId>(.+)</artifactId>");
    private static final Pattern LISTED =
            Pattern.compile("<artifactId>(.+)</artifactId>\\s*<version>\\$\\{project.version}</version>");
    private static final Pattern MODULE = Pattern.compile("(?m)^    <module>(.+)</module>");

    @Test
    void everyPublishedLibraryStandsInIt() throws IOException {
        String bom = pom("bom");
        Set<String> published = new TreeSet<>();
        for (String module : all(MODULE, pom("."))) {
            String pom = pom(module);
            boolean library = !pom.contains("<packaging>");
            if (library && !pom.contains("<maven.deploy.skip>true<")) {
                published.addAll(all(ARTIFACT, pom));
            }
        }
        assertEquals(published, new TreeSet<>(all(LISTED, bom)));
    }

    @Test
    void allPomsHaveOneVersion() throws IOException {
        String version = all(VERSION, pom(".")).getFirst();
        assertEquals(List.of(version), all(VERSION, pom("bom")));
        assertEquals(List.of(version), all(VERSION, pom("dist")));
    }

    private static String pom(String module) throws IOException {
        return Files.readString(Path.of(Repository.root().toString(), module, "pom.xml"));
    }

    private static List<String> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(BillOfMaterialsTest::group).collect(Collectors.toList());
    }

    private static String group(MatchResult found) {
        return found.groupCount() > 1 && found.group(1) == null ? found.group(2) : found.group(1);
    }
}
