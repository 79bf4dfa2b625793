"""The Mapping screen: which QuickBooks record stands for which Core code."""
