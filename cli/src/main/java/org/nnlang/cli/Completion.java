package org.nnlang.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;

/// `nn generate-completion`: what makes a shell complete commands and options. The same as picocli's own command, which is
/// annotated.
final class Completion implements Callable<Integer> {
    final Usage usage = new Usage(this, "generate-completion", "Generate bash/zsh completion script for nn.",
            "Run the following command to give `nn` TAB completion in the current shell:",
            "",
            "  source <(nn generate-completion)",
            "").with(command -> {
                command.version("generate-completion " + CommandLine.VERSION).helpCommand(true);
                command.usageMessage().optionListHeading("Options:%n");
            });

    @Override
    public Integer call() {
        CommandLine nn = usage.commandLine().getParent();
        // With the line ends of a shell, on any system.
        System.out.print(AutoComplete.bash(nn.getCommandName(), nn) + '\n');
        System.out.flush();
        return CommandLine.ExitCode.OK;
    }
}
