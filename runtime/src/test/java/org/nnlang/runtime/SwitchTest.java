package org.nnlang.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SwitchTest {
    private static final Switch LIGHT = Switch.of("nn.test.light", "on", "off");

    @AfterEach
    void unset() {
        System.clearProperty(LIGHT.name());
    }

    @Test
    void whatIsNotSetIsNoneOfItsValues() {
        assertEquals("", LIGHT.value());
        assertFalse(LIGHT.is("on"));
        assertFalse(LIGHT.is("off"));
    }

    @Test
    void caseDoesNotMatter() {
        System.setProperty(LIGHT.name(), "On");
        assertTrue(LIGHT.is("on"));
    }

    @Test
    void anotherValueIsAnErrorThatSaysWhichThereAre() {
        System.setProperty(LIGHT.name(), "yes");
        NnException error = assertThrows(NnException.class, () -> LIGHT.is("on"));
        assertEquals("NN0863", error.code());
        assertEquals("the switch `nn.test.light` cannot be `yes`", error.getMessage());
        assertEquals("write `-Dnn.test.light=on` or `-Dnn.test.light=off`, or leave it out", error.help());
    }
}
