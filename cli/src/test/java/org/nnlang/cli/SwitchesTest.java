package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.nnlang.runtime.NnException;

class SwitchesTest {
    /// The page is where somebody looks for them.
    @Test
    void thePageOfTheErrorListsThemAll() {
        Set<String> listed = new TreeSet<>();
        Help.page("NN0863").orElseThrow().lines().filter(line -> line.startsWith("| `")).forEach(
                row -> Pattern.compile("`([^`]+)`").matcher(row.split("\\|")[1]).results()
                        .forEach(name -> listed.add(name.group(1))));
        assertEquals(Switches.known(), listed);
    }

    @Test
    void aNameThatIsNoneIsAnErrorThatKnowsTheNearest() {
        System.setProperty("nn.tire", "tile");
        try {
            NnException error = assertThrows(NnException.class, Switches::requireKnown);
            assertEquals("NN0863", error.code());
            assertEquals("there is no switch `nn.tire`", error.getMessage());
            assertEquals("did you mean `nn.tier`?", error.help());
        } finally {
            System.clearProperty("nn.tire");
        }
    }
}
