package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The scripts that start `nn` name the commands that compute: without vectors they would be many times slower.
class LaunchersTest {
    @ParameterizedTest
    @CsvSource({
        "nn, '^ *(train \\| [a-z |]+)\\)'",
        "nn.cmd, 'for %%c in \\((train [a-z ]+)\\)'",
        "dist/src/files/bin/nn, '^ *(train \\| [a-z |]+)\\)'"})
    void whatComputesGetsVectors(String script, String list) throws IOException {
        Matcher found = Pattern.compile(list, Pattern.MULTILINE)
                .matcher(Files.readString(Repository.root().resolve(script)));
        found.find();
        var named = new TreeSet<String>();
        Pattern.compile("[a-z]+").matcher(found.group(1)).results().forEach(word -> named.add(word.group()));
        var computing = new TreeSet<String>();
        for (String command : Main.COMMANDS) {
            String help = Answer.good("help", command).out();
            // `repl` has a cache of its own, and with it a place of its own in each script.
            if (!command.equals("repl") && (help.contains("--threads") || help.contains("--device"))) {
                computing.add(command);
            }
        }
        // These run no program, and look at what there is to compute with.
        named.remove("devices");
        named.remove("doctor");
        assertEquals(computing, named);
    }
}
