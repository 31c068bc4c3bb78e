# ruff: noqa: INP001
"""One issue a day and its delivery, for Airflow: copy this file to the folder of DAGs.

Tests compile it and run its command; it is not tested with Airflow itself. The worker needs cohortiv and Chromium,
the connection's secrets as environment variables, and the Airflow variables positions, reports and delivery.
"""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    "cohortiv_report",
    schedule="15 6 * * *",
    start_date=datetime(2026, 1, 1),  # noqa: DTZ001 - Airflow reads it as UTC
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": timedelta(minutes=10), "execution_timeout": timedelta(minutes=30)},
):
    BashOperator(
        task_id="publish_and_deliver",
        bash_command=(
            'cohortiv report --positions "{{ var.value.positions }}" --as-of "{{ macros.ds_add(ds, -1) }}" '
            '--published "$(date --utc +%FT%TZ)" --out "{{ var.value.reports }}" --pdf --static '
            '--deliver "{{ var.value.delivery }}"'
        ),
    )
