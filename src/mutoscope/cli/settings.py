"""`mutoscope settings`: every setting with its default."""

from mutoscope.cli.options import DataOption, JsonOption


def settings(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print every setting: its variable, its value now, its default and what it is for."""
    from mutoscope.cli.house import read_settings
    from mutoscope.cli.output import print_json, print_table
    from mutoscope.settings import Settings

    now = read_settings(data=data)
    rows = [
        {
            "name": name,
            "variable": f"MUTOSCOPE_{name.upper()}",
            "value": getattr(now, name),
            "default": field.get_default(call_default_factory=True),
            "help": field.description,
        }
        for name, field in Settings.model_fields.items()
    ]
    if as_json:
        print_json(rows)
        return
    columns = ("variable", "value", "default", "help")
    print_table(
        [column.upper() for column in columns],
        [[row[column] for column in columns] for row in rows],
    )
