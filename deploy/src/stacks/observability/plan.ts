import { ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';

/** When somebody is called, and which section of the runbook they open. */
export interface AlarmPlan {
  /** Of the alarm, after the environment's prefix. */
  name: string;
  /** The section's heading as a link spells it. */
  section: string;
  /** What is wrong, in a sentence. */
  description: string;
  metric: IMetric;
  threshold: number;
  /** More than the threshold, unless it says otherwise. */
  comparison: ComparisonOperator;
  /** Periods of the metric in a row. */
  periods: number;
  missing: TreatMissingData;
}

/** What is usually as it is below; an alarm's section is usually called as the alarm is. */
type AlarmDefaults = Pick<AlarmPlan, 'section' | 'comparison' | 'periods' | 'missing'>;

/** A plan. Silence is fine, and it takes three periods in a row above the threshold, unless it says otherwise. */
export function alarmPlan(
  name: string,
  description: string,
  metric: IMetric,
  threshold: number,
  otherwise: Partial<AlarmDefaults> = {},
): AlarmPlan {
  const usual = {
    section: name,
    comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    periods: 3,
    missing: TreatMissingData.NOT_BREACHING,
  };
  return { name, description, metric, threshold, ...usual, ...otherwise };
}
