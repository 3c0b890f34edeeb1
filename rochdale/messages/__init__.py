"""The outbox: the only way anything is sent, by e-mail, SMS or letter."""
