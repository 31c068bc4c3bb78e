"""From a published report to its readers: mail with its files, chat with its badge and sentence, or a file of mail."""
