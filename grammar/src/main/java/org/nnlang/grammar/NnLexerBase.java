package org.nnlang.grammar;

import org.antlr.v4.runtime.CharStream;
import org.antlr.v4.runtime.Lexer;

/// Keeps the lexer's modes right where brackets are not: a mode is pushed for every `{`, every string and every `${`.
public abstract class NnLexerBase extends Lexer {
    protected NnLexerBase(CharStream input) {
        super(input);
    }

    /// A `}` that closes nothing changes no mode.
    protected void closeBrace() {
        if (!_modeStack.isEmpty()) {
            popMode();
        }
    }

    /// A string ends on its line, and so do the expressions in it: leaves all strings that are open.
    protected void endStrings() {
        int outside = _mode == NnLexer.STR ? _modeStack.size() : -1;
        for (int i = _modeStack.size() - 1; i >= 0; i--) {
            if (_modeStack.get(i) == NnLexer.STR) {
                outside = i;
            }
        }
        while (outside >= 0 && _modeStack.size() >= outside) {
            popMode();
        }
    }
}
